// Every example in every --help is run, against a stack that pulumi names; none of them is wrong usage.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";
import { fakePulumi } from "../support/fake-pulumi.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const COMMANDS = [
  ...["", "local"],
  ...["status", "show", "upload", "verify", "backfill", "doctor", "estimate", "pause", "resume"],
  ...["list", "show", "redrive", "drop", "export", "import"].map((name) => `dlq ${name}`),
];

describe("examples of --help", function () {
  this.timeout(120_000);
  let project: TestProject;
  let pipeline: TestPipeline;
  let folder: TemporaryFolder;
  let environment: Record<string, string>;
  const home = process.cwd();

  before(async () => {
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }] });
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test", maximumEnvironments: 1 });
    folder = temporaryFolder();
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: "#123456" } });
    for (const name of ["photos/cat.png", "Pictures/holiday/cat.png"])
      folder.write(name, await picture.png().toBuffer());
    environment = {
      ...fakePulumi(folder, "prod", { region: "us-east-1", ...pipeline.outputs }),
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: join(folder.path, "state"),
    };
    // What examples write lands in their folder.
    process.chdir(folder.path);
  });
  after(async () => {
    process.chdir(home);
    await pipeline.stop();
    folder.remove();
    project.remove();
  });

  for (const command of COMMANDS) {
    it(command || "darkroom", async () => {
      const help = await darkroomHere([...command.split(" ").filter(Boolean), "--help"]);
      const examples = examplesIn(help.stdout);
      expect(examples, "examples").to.not.be.empty;
      for (const line of help.stdout.split("\n")) expect(line.length, line).to.be.at.most(80);
      for (const example of examples) {
        if (example.includes(" dlq "))
          await sendDeadLetters(pipeline, [{ key: "a.png", reason: "ACCESS_DENIED" }, { key: "b.png" }]);
        await run(example);
      }
    });
  }

  async function run(example: string) {
    // It would look for ever: that it is understood must do.
    const words = wordsOf(example).filter((word) => word !== "--watch");
    if (example.includes("dlq import"))
      await darkroomHere(["dlq", "export", "saved.ndjson", "--stack", "prod"], environment);
    if (words[0] === "local")
      return await (words.includes("--out") ? expectRendered(words) : expectUnderstood(words));
    if (!words.includes("--stack")) words.push("--stack", "prod");
    const { code, stderr } = await darkroomHere(words, environment);
    const isUnknownId = words[1] === "show" && stderr.startsWith("Expected the id of a dead letter");
    const wasAsked = stderr.includes("Nobody is here to confirm");
    expect(stderr, example).to.not.match(/unknown option|\n {4}at /);
    if (isUnknownId || wasAsked) expect(code, example).to.equal(2);
    else expect(code, `${example}\n${stderr}`).to.be.oneOf([0, 1]);
  }

  /** One joins the local mode that is up. */
  async function expectRendered(words: readonly string[]) {
    const joined = ["--data", pipeline.dataDirectory];
    const { code, stderr } = await darkroomHere([...words, ...joined], environment);
    expect(code, stderr).to.equal(0);
    expect(readdirSync(join(folder.path, "web"))).to.include.members(["cat.png", "contact-sheet.html"]);
  }

  /** Starting it takes longer than all others together: what is wrong with the stack's name is said before. */
  async function expectUnderstood(words: readonly string[]) {
    const { code, stderr } = await darkroomHere([...words, "--stack", "none"], environment);
    expect(stderr).to.match(/^Expected one of .* for --stack, but received "none"\.\n$/);
    expect(code).to.equal(2);
  }

  function wordsOf(example: string): string[] {
    const typed = example.replace(/^npm start( -- )?/, "local ").replace(/^(npm run .*? -- |darkroom )/, "");
    const words = [...typed.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    return words.map((word) => word.replace("~", folder.path));
  }
});

/** Without what explains them, and without what their output is piped to. */
function examplesIn(help: string): string[] {
  const [, block = ""] = help.split(/\nExamples?:\n/);
  return block
    .split("\n")
    .filter((line) => /^ {2}(darkroom|npm) /.test(line))
    .map((line) =>
      line
        .trim()
        .replace(/ {2,}.*$/, "")
        .replace(/ \| .*$/, ""),
    );
}
