// Every command that changes a deployed stack: nobody asked, nothing changed.
import { join } from "node:path";
import { GetEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { expect } from "chai";
import type { Engine } from "../../operations/engine.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { drain, sendDeadLetters } from "../support/dead-letters.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { keysBelow } from "../support/whole-set.ts";

describe("a deployed stack is changed by nobody who was not asked", function () {
  this.timeout(60_000);
  let project: TestProject;
  let pipeline: TestPipeline;
  let folder: TemporaryFolder;
  let environment: Record<string, string>;
  let archive: string;

  before(async () => {
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }] });
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test", maximumEnvironments: 1 });
    folder = temporaryFolder();
    environment = {
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: join(folder.path, "state"),
    };
    folder.write("outputs.json", JSON.stringify({ region: "us-east-1", ...pipeline.outputs }));
    await sendDeadLetters(pipeline, [{ key: "a.png" }, { key: "b.png" }]);
    await pipeline.put("c.png", "no image");
    await pipeline.drained();
    archive = folder.write("archive.ndjson", (await run(["dlq", "export"])).stdout);
    folder.write("new.png", "new");
  });
  after(async () => {
    await pipeline.stop();
    folder.remove();
    project.remove();
  });

  const run = (words: readonly string[], typed?: string) =>
    darkroomHere([...words, "--outputs", join(folder.path, "outputs.json")], environment, typed);
  const state = async () => {
    const { lambda, mappingIds } = pipeline.engine as Engine;
    const queues = [pipeline.workQueueUrl, pipeline.backfillQueueUrl ?? "", pipeline.deadLetterQueueUrl];
    return {
      depths: await Promise.all(queues.map((url) => queueDepth(pipeline.sqs, url))),
      mapping: (await lambda.send(new GetEventSourceMappingCommand({ UUID: mappingIds.work }))).State,
      sets: await keysBelow(pipeline, ""),
    };
  };

  const commands: [title: string, words: () => string[], word: string, deed: string][] = [
    ["dlq drop", () => ["dlq", "drop", "--all"], "3", "drop 3 dead letters of"],
    ["dlq import", () => ["dlq", "import", archive], "3", "import 3 dead letters into"],
    ["backfill", () => ["backfill", "--all"], "1", "enqueue 1 source of"],
    ["verify --repair", () => ["verify", "--repair"], "repair", "enqueue what does not agree in"],
    ["upload", () => ["upload", join(folder.path, "new.png")], "1", "upload 1 file (3 B) to"],
    ["pause", () => ["pause"], "pause", "pause the work and the backfill lane of"],
    ["resume", () => ["resume"], "resume", "resume the work and the backfill lane of"],
  ];
  for (const [title, words, word, deed] of commands) {
    it(`${title}: not by a script without --yes, nor by a person who types something else, or nothing`, async () => {
      const before = await state();
      const script = await run(words());
      const json = await run([...words(), "--json"], `${word}\n`);
      const person = await run(words(), "yes\n");
      // Ctrl-D; Ctrl-C ends the same way.
      const leaving = await run(words(), "");

      expect([script.code, json.code, person.code, leaving.code]).to.deep.equal([2, 2, 2, 130]);
      expect(leaving.stderr).to.match(/ to go on: \n$/);
      expect(script.stderr).to.include(`Nobody is here to confirm: add --yes to ${deed}`);
      expect(json.stderr).to.include("With --json, nobody is asked.");
      expect(person.stderr)
        .to.include(`About to ${deed}`)
        .and.to.include(`Type ${word} to go on: `)
        .and.to.include(`Expected ${word} for the confirmation, but received "yes".`);
      expect(await state()).to.deep.equal(before);
    });
  }

  for (const words of [
    ["dlq", "redrive", "--all"],
    ["dlq", "redrive", "--native"],
  ]) {
    it(`${words.join(" ")} without --yes only says what it would do`, async () => {
      const before = await state();
      const { code, stdout } = await run(words);

      expect(code).to.equal(0);
      expect(stdout).to.match(/3 dead letters would .*; add --yes to do it\./);
      expect(await state()).to.deep.equal(before);
    });
  }

  it("is changed when somebody typed the word", async () => {
    const saved = join(folder.path, "saved.ndjson");
    const dropped = await run(["dlq", "drop", "--all", "--export", saved], "3\n");

    expect(dropped.code, dropped.stderr).to.equal(0);
    expect(await drain(pipeline.sqs, pipeline.deadLetterQueueUrl)).to.deep.equal([]);
  });
});
