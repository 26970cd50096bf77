import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { pageText } from "../../scripts/preview/page.ts";
import { ROOT, readStack, type StackPreview } from "../../scripts/preview/read-stack.ts";
import { SettingsError } from "../../settings/problem.ts";
import { copyProject, type ProjectCopy, SEVERAL_PROGRAMS_MS } from "../local/deployer/a-deployment.ts";
import { rejection } from "../support/rejection.ts";

describe("npm run preview", () => {
  let project: ProjectCopy;
  let preview: StackPreview;
  let lines: string[];

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    project = copyProject(ROOT, "index.ts");
    project.writeStack(
      "mine",
      "config:\n  darkroom:cdn: true\n  darkroom:provisionedPollers: { minimum: 3, maximum: 9 }\n",
    );
    preview = await readStack("mine", project);
    lines = stripVTControlCharacters(pageText(preview, 80)).split("\n");
  });

  after(() => project.remove());

  it("shows every resource once, on a line that ends with its source", () => {
    const shown = lines.filter((line) => /^(│|├|└| {3}|Darkroom).*\.ts:\d+$/.test(line));
    const expected = preview.resources.filter(({ type }) => type !== "pulumi:pulumi:Stack");
    expect(shown).to.have.length(expected.length);
    for (const { urn, declaredAt } of expected) {
      const [file = "", line] = declaredAt.split(":");
      const text = readFileSync(join(ROOT, file), "utf8").split("\n")[Number(line) - 1];
      expect(text, urn).to.match(/\bnew [\w.]+\(/);
    }
  });

  it("fits into 80 columns", () => {
    expect(lines.filter((line) => line.length > 80)).to.deep.equal([]);
  });

  it("shows what follows from the settings, and what rest costs", () => {
    const text = lines.join("\n");
    expect(text).to.match(/ {2}visibility timeout +6m {2}6 × timeoutSeconds/);
    expect(text).to.match(/ {2}reserved concurrency +95 {2}/);
    // 3 pollers that are paid for by the hour, and the five of the other lane.
    expect(text).to.match(/ {2}SQS polls +\$0\.41 {2}1,036,800 × request/);
    expect(text).to.match(/ {2}Provisioned pollers +\$19\.98 {2}2,160 × poller-hour/);
    expect(text).to.match(/ {2}Alarms +\$1\.00 {2}10 × metric of an alarm/);
    expect(text).to.match(/ {2}in all +\$24\.39$/m);
  });

  it("lists all that is wrong instead, and starts nothing", async () => {
    project.writeStack("wrong", "config:\n  darkroom:batchSize: 11\n  darkroom:memoryMiB: 64\n");
    const error = await rejection(readStack("wrong", project));
    expect(error).to.be.instanceOf(SettingsError);
    expect(error.message.split("\n")).to.deep.equal([
      "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 64.",
      "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.",
    ]);
  });

  it("ends with 2 and a sentence for wrong words", async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    const run = promisify(execFile);
    for (const [words, sentence] of [
      [
        ["-s", "nowhere"],
        'Expected a stack with a file Pulumi.nowhere.yaml for --stack, but received "nowhere".\n',
      ],
      [
        ["--fast"],
        'Expected one of the options for a word, but received "--fast".\nOptions: --stack, --json, --write-listings\n',
      ],
    ] as const) {
      const script = join(ROOT, "scripts/preview.ts");
      const failed = run(process.execPath, [script, ...words]).catch((error: unknown) => error);
      expect(await failed).to.include({ code: 2, stderr: sentence });
    }
  });
});
