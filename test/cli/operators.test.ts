// What an operator types at night, against a stack that is told by its outputs.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { columnsOf } from "../../cli/terminal/printable.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { aManifest } from "../support/a-report.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { publish } from "../support/a-target.ts";
import { darkroom, darkroomHere } from "../support/darkroom.ts";
import { consume, sendDeadLetters } from "../support/dead-letters.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const TRACE = { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 128]) };

/** All but what SQS gives a message anew. */
function contents(lines: string) {
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ body, attributes }) => ({ body, attributes }));
}

describe("an operator", function () {
  this.timeout(60_000);
  let stack: TestStack;
  const run = (...words: string[]) => darkroomHere([...words, ...stack.words], stack.environment);
  const deadDepth = () => queueDepth(stack.sqs, stack.deadLetterQueueUrl);

  before(async () => {
    stack = await startStack();
    const { s3, sourceBucket } = stack;
    const { ETag } = await s3.send(
      new PutObjectCommand({ Bucket: sourceBucket, Key: "cat.jpg", Body: "cat" }),
    );
    await publish(stack, aManifest({ source: { key: "cat.jpg", etag: ETag ?? "" } }));
    await s3.send(new PutObjectCommand({ Bucket: sourceBucket, Key: "dog.jpg", Body: "half a d" }));
    await sendDeadLetters(stack, [
      { key: "dog.jpg", reason: "TRUNCATED", attributes: { Trace: TRACE } },
      { key: "gone.heic", reason: "UNSUPPORTED_FORMAT_HEIC" },
      { key: "evil\u009b2J.jpg", reason: "TRUNCATED", redriveCount: 3 },
    ]);
  });
  after(() => stack.stop());

  it("sees the status, within 80 columns, and for machines with these names", async () => {
    const { code, stdout } = await run("status");
    const { stdout: json } = await run("status", "--json");

    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/TRUNCATED +2 .*\n/)
      .and.to.match(/dead letters +3 +0 +0/);
    expect(Math.max(...stdout.split("\n").map(columnsOf))).to.be.at.most(80);
    const status = JSON.parse(json);
    expect(status).to.have.all.keys("atMs", "work", "backfill", "deadLetters");
    expect(status.deadLetters).to.have.all.keys("visible", "inFlight", "delayed", "groups", "grouped");
    expect(status.deadLetters.groups[0]).to.have.all.keys(
      ...["code", "count", "oldestMs", "newestMs", "expiresMs", "examples"],
    );
  });

  it("sees one source: its set, or why there is none", async () => {
    const cat = await run("show", "cat.jpg");
    const dog = await run("show", "dog.jpg");
    const nothing = await run("show", "no-such-key", "--json");

    expect([cat.code, dog.code, nothing.code]).to.deep.equal([0, 1, 0]);
    expect(cat.stdout).to.include("of the source as it is now").and.to.include("large.jpeg");
    expect(dog.stdout)
      .to.match(/Set +none/)
      .and.to.include("TRUNCATED")
      .and.to.match(/Upload\s+the\s+whole\s+file\./);
    expect(JSON.parse(nothing.stdout)).to.deep.equal({ key: "no-such-key", set: "none", deadLetters: [] });
  });

  it("lists dead letters by reason, disarmed, and puts them back", async () => {
    const { code, stdout } = await run("dlq", "list");

    expect(code).to.equal(0);
    expect(stdout).to.include("3 dead letters").and.to.include("HEIC is not read. Export it as JPEG.");
    expect(stdout).to.include("evil�2J.jpg");
    expect(await deadDepth()).to.deep.equal({ visible: 3, inFlight: 0, delayed: 0 });
  });

  it("lists those that are asked for, one JSON line each", async () => {
    const { stdout } = await run(
      "dead-letters",
      "list",
      "--json",
      "--reason",
      "TRUNCATED",
      "--prefix",
      "dog",
    );

    const letter = JSON.parse(stdout);
    expect(letter).to.have.all.keys(
      ...[
        "id",
        "code",
        "retryable",
        "message",
        "key",
        "failedAt",
        "workerVersion",
        "sentAt",
        "receiveCount",
        "redriveCount",
        "body",
      ],
    );
    expect(letter).to.include({ code: "TRUNCATED", key: "dog.jpg", retryable: false, redriveCount: 0 });
    const shown = await run("dlq", "show", letter.id);
    expect([shown.code, shown.stdout.includes(letter.body)]).to.deep.equal([0, true]);
  });

  it("is told what a redrive would do, and nothing is done", async () => {
    const { code, stdout } = await run("dlq", "redrive", "--all");

    expect(code).to.equal(0);
    expect(stdout).to.include("2 dead letters would be redriven; add --yes to do it.");
    expect(stdout).to.include("1 dead letter came back 3 times: left alone.");
    expect(await deadDepth()).to.deep.equal({ visible: 3, inFlight: 0, delayed: 0 });
  });

  it("redrives, and is told what became of each", async () => {
    const words = ["--reason", "UNSUPPORTED_FORMAT_HEIC", "--yes", "--json"];
    const stop = consume(stack.sqs, stack.backfillQueueUrl);
    const { code, stdout } = await run("dlq", "redrive", ...words);
    await stop();

    expect(code).to.equal(0);
    const report = JSON.parse(stdout);
    expect(report.byReason).to.deep.equal([
      { code: "UNSUPPORTED_FORMAT_HEIC", redriven: 1, done: 1, rejected: 0, pending: 0 },
    ]);
    expect(report.letters[0]).to.include({ key: "gone.heic", state: "done" });
    expect(await deadDepth()).to.include({ visible: 2, inFlight: 0 });
  });

  it("finds what does not agree, and has it looked at again", async () => {
    const found = await run("verify");
    const repaired = await run("verify", "--repair", "--yes", "--json");

    expect([found.code, repaired.code]).to.deep.equal([1, 0]);
    expect(found.stdout).to.include("2 sources: 0 current, 1 explained by a dead letter.");
    expect(found.stdout).to.include("1 torn\n  cat.jpg");
    expect(JSON.parse(repaired.stdout)).to.include({ sources: 2, repaired: 1 });
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: stack.backfillQueueUrl, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body = "" }) => JSON.parse(Body))).to.deep.include({
      darkroom: "reconcile",
      keys: ["cat.jpg"],
    });
  });

  it("drops what it saved first, and brings it back as it was", async () => {
    const folder = temporaryFolder();
    const archive = join(folder.path, "saved.ndjson");
    const before = await run("dlq", "export");
    const asked = await darkroom(["dlq", "drop", "--all", ...stack.words], stack);
    const dropped = await run("dlq", "drop", "--prefix", "dog", "--yes", "--export", archive);
    expect([before.code, asked.code, dropped.code]).to.deep.equal([0, 2, 0]);
    expect(asked.stderr).to.include("Nobody is here to confirm: add --yes to drop 2 dead letters");
    expect(await deadDepth()).to.include({ visible: 1, inFlight: 0 });
    expect(before.stdout).to.include(readFileSync(archive, "utf8"));

    const overwriting = await run("dlq", "drop", "--all", "--yes", "--export", archive);
    const imported = await run("dlq", "import", archive, "--yes");
    const after = await run("dlq", "export");
    folder.remove();

    expect([overwriting.code, imported.code]).to.deep.equal([2, 0]);
    expect(overwriting.stderr).to.include("cannot be written");
    expect(contents(after.stdout)).to.have.deep.members(contents(before.stdout));
  });

  it("uploads a folder, and the second time nothing", async () => {
    const folder = temporaryFolder();
    folder.write("a.png", "a");
    folder.write("b/ü c.png", "b");
    const words = ["upload", folder.path, "--prefix", "new/", "--yes"];

    const planned = await run(...words, "--dry-run");
    const first = await run(...words, "--json");
    const second = await run(...words);
    folder.remove();

    expect([planned.code, first.code, second.code]).to.deep.equal([0, 0, 0]);
    expect(planned.stdout).to.include("new/b/ü c.png\n").and.to.include("2 files (2 B) would be uploaded");
    const lines = first.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ key, state }) => [key, state])).to.have.deep.members([
      ["new/a.png", "uploaded"],
      ["new/b/ü c.png", "uploaded"],
    ]);
    expect(second.stdout).to.equal("0 files (0 B) uploaded.\n2 files (2 B) already there.\n");
    const [{ batch }] = lines;
    expect(batch).to.match(/^20\d\d-\d\d-\d\dT[\d:]{8}Z-[0-9a-f]{6}$/);
    expect(lines.map((line) => line.batch)).to.deep.equal([batch, batch]);
    const shown = await run("show", "new/b/ü c.png", "--json");
    expect(JSON.parse(shown.stdout).source).to.include({ bytes: 1, contentType: "image/png" });
  });

  const mistakes: [words: string[], sentence: string][] = [
    [
      ["upload", "x", "--batch", "two words"],
      "Expected 1 to 128 letters, digits and marks, without spaces for --batch",
    ],
    [
      ["dlq", "redrive", "--yes"],
      "Which dead letters? Give --reason, --prefix, --since, --until, --id, --fixed-in or --limit, or --all.",
    ],
    [["dlq", "redrive", "--native", "--prefix", "a"], "--native goes with --rate and --yes only."],
    [
      ["dlq", "list", "--reason", "TRUNCTED"],
      'Expected a reason code for --reason, but received "TRUNCTED".',
    ],
    [["dlq", "list", "--since", "yesterday"], 'for --since, but received "yesterday".'],
    [
      ["dlq", "redrive", "--all", "--rate", "0"],
      'Expected a whole number from 1 to 500 for --rate, but received "0".',
    ],
    [["dlq", "show", "no-such-id"], 'Expected the id of a dead letter for <id>, but received "no-such-id".'],
    [["dlq", "lst"], "unknown command 'lst'"],
  ];
  for (const [words, sentence] of mistakes) {
    it(`ends with 2 and a sentence: ${words.join(" ")}`, async () => {
      const { code, stdout, stderr } = await run(...words);

      expect(stderr).to.include(sentence);
      expect(stderr).to.not.match(/\n {4}at /);
      expect([code, stdout]).to.deep.equal([2, ""]);
    });
  }

  it("is told when there is nothing to work on", async () => {
    const folder = temporaryFolder();
    const { code, stderr } = await darkroomHere(["status", "--data", folder.path]);
    const broken = await darkroomHere(["status", "--outputs", folder.write("outputs.json", "{}")]);
    folder.remove();

    expect([code, broken.code]).to.deep.equal([2, 2]);
    expect(stderr).to.include(`No local mode is up on ${folder.path}.`).and.to.include("npm start -- --keep");
    expect(broken.stderr).to.include(
      "Expected a text for the stack output sourceBucket, but received nothing.",
    );
  });
});
