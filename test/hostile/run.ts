// `npm run hostile`: every file of the corpus through the built artifact in local mode, with little memory, and thousands of
// mutations in a process of their own. Prints tables, and exits 1 when a file did not become what it must.
// `npm run hostile -- --mutations 1000 --seed 7`

import Table from "cli-table3";
import { readWords } from "../../scripts/command.ts";
import { corpus } from "./corpus/corpus.ts";
import { seedFiles } from "./corpus/others.ts";
import { judgeInPipeline, MEMORY_MIB } from "./in-pipeline.ts";
import { judgeMutations, type Minutes, type Row } from "./inquest.ts";

const DRAIN_LIMIT_MS = 900_000;

const { values } = readWords({
  options: {
    mutations: { type: "string", default: "15000" },
    seed: { type: "string", default: "1" },
  },
});

const print = (line: string) => process.stdout.write(`${line}\n`);

const files = await judgeInPipeline(await corpus(), DRAIN_LIMIT_MS);
print(tableOf(files));
const rows = [...files.rows.values()];
const total = rows.reduce((sum, row) => sum + row.files, 0);
const slowestMs = Math.max(...rows.map((row) => row.slowestMs));
print(
  `${total} files through the worker: ${files.unexpected.length} unexpected, ${files.accidents.length} crashes or hangs, ` +
    `at most ${files.peakMiB} of ${MEMORY_MIB} MiB, the slowest ${slowestMs} ms.`,
);

const mutations = await judgeMutations(await seedFiles(), Number(values.mutations), Number(values.seed));
print(tableOf(mutations));
print(`${values.mutations} mutations (seed ${values.seed}): ${mutations.unexpected.length} unexpected.`);

const problems = [...files.unexpected, ...files.accidents, ...mutations.unexpected];
for (const problem of problems) print(problem);
process.exitCode = problems.length === 0 && files.peakMiB < MEMORY_MIB ? 0 : 1;

function tableOf({ rows }: Minutes): string {
  const table = new Table({
    head: ["group", "files", "outcomes", "slowest ms", "peak MB"],
    style: { head: [], border: [] },
    colAligns: ["left", "right", "left", "right", "right"],
  });
  for (const [group, row] of rows) table.push(cells(group, row));
  return table.toString();
}

/** The peak of one file is only known where it has a process to itself. */
function cells(group: string, { files, outcomes, slowestMs, peakBytes }: Row): string[] {
  const most = [...outcomes].toSorted((a, b) => b[1] - a[1]);
  const told = most.map(([outcome, count]) => `${count} ${outcome}`).join("\n");
  const peak = peakBytes === 0 ? "" : (peakBytes / 1e6).toFixed(0);
  return [group, String(files), told, slowestMs.toFixed(0), peak];
}
