// What a command shows, held to a file: `GOLDEN=write npx mocha …` writes it anew. Ids, paths and times are replaced, so
// that only a change of what people see changes the file.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { columnsOf } from "../../cli/terminal/printable.ts";

const FOLDER = join(import.meta.dirname, "../cli/golden");
const MAX_COLUMNS = 80;

const VOLATILE: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "5e4a3f0c-2b1d-4c7e-9a86-0f1e2d3c4b5a"],
  [/\/[^\s]*\/outputs\.json/g, "outputs.json"],
  [/http:\/\/127\.0\.0\.1:\d+/g, "http://127.0.0.1:4566"],
  [/20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-01-02T03:04:05.000Z"],
  [/\b\d\d:\d\d:\d\d\b/g, "03:04:05"],
];

/** At 80 columns, within which every line must be. `more` replaces what else is volatile about this one. */
export function expectGolden(name: string, shown: string, more: readonly [RegExp, string][] = []): void {
  const text = [...VOLATILE, ...more].reduce((sum, [from, to]) => sum.replace(from, to), shown);
  const file = join(FOLDER, `${name}.txt`);
  if (process.env.GOLDEN === "write") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text, `${name}: GOLDEN=write writes it anew`).to.equal(readFileSync(file, "utf8"));
  for (const line of text.split("\n")) expect(columnsOf(line), line).to.be.at.most(MAX_COLUMNS);
}
