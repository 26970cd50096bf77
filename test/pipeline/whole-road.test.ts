// From the upload to the set or the explained dead letter: the real program, the built artifact, real processes.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Message } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import sharp from "sharp";
import { requestReconcile } from "../../operations/request-reconcile.ts";
import { lightCorpus } from "../hostile/corpus/corpus.ts";
import { judgeIn } from "../hostile/in-pipeline.ts";
import { PROJECT_DIRECTORY, startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { until } from "../support/until.ts";
import { expectWholeSet, keysBelow } from "../support/whole-set.ts";

const SAMPLES = join(PROJECT_DIRECTORY, "samples");

function picture(colour: string, width = 40): Promise<Buffer> {
  return sharp({ create: { width, height: 30, channels: 3, background: colour } })
    .png()
    .toBuffer();
}

describe("the whole road", function () {
  this.timeout(90_000);
  let pipeline: TestPipeline;

  before(async () => {
    pipeline = await startPipeline();
  });
  after(() => pipeline.stop());

  const linesAbout = (key: string) => pipeline.lines.filter((line) => line.key === key);

  it("makes a complete set of every sample, and explains those it cannot make, after one receive", async () => {
    const names = sampleNames();
    for (const name of names) await pipeline.put(name, readFileSync(join(SAMPLES, name)));

    await pipeline.drained();

    const broken = ["broken/notes.jpg", "broken/truncated.jpg"];
    expect(names).to.include.members(broken);
    for (const name of names.filter((name) => !broken.includes(name))) {
      expect(await expectWholeSet(pipeline, name), name).to.have.length(9);
    }
    const letters = (await pipeline.takeDeadLetters()).map(reasonOf).toSorted(byKey);
    const common = { ReceiveCount: "1", RedriveCount: "0" };
    expect(letters.map(({ WorkerVersion, FailedAt, ReasonMessage, ...rest }) => rest)).to.deep.equal([
      { SourceKey: "broken/notes.jpg", ReasonCode: "UNSUPPORTED_FORMAT", ...common },
      { SourceKey: "broken/truncated.jpg", ReasonCode: "TRUNCATED", ...common },
    ]);
    for (const { WorkerVersion, FailedAt, ReasonMessage } of letters) {
      expect(WorkerVersion).to.match(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
      expect(Date.now() - Date.parse(FailedAt ?? "")).to.be.within(0, 60_000);
      expect(ReasonMessage).to.have.length.above(10);
    }
    for (const key of broken) {
      expect(linesAbout(key).map(({ event, receiveCount }) => [event, receiveCount])).to.deep.equal([
        ["rejected", 1],
      ]);
      expect(await keysBelow(pipeline, `${key}/`)).to.be.empty;
    }
  });

  it("ends with the set of the newest content, however fast it changes", async () => {
    for (const [index, colour] of ["red", "green", "blue", "black"].entries()) {
      await pipeline.put("changing.png", await picture(colour, 41 + index));
    }
    await pipeline.drained();
    await expectWholeSet(pipeline, "changing.png");

    await pipeline.put("changing.png", await picture("white", 60));
    await pipeline.drained();

    await expectWholeSet(pipeline, "changing.png");
  });

  it("leaves nothing of a removed source, rendered or not", async () => {
    await pipeline.put("removed-later.png", await picture("red"));
    await pipeline.drained();
    expect(await keysBelow(pipeline, "removed-later.png/")).to.have.length(10);

    await pipeline.put("removed-at-once.png", await picture("red"));
    await pipeline.remove("removed-at-once.png");
    await pipeline.remove("removed-later.png");
    await pipeline.drained();

    expect(await keysBelow(pipeline, "removed-")).to.be.empty;
  });

  it("looks again at what an operator asks for, on a lane of its own", async () => {
    await pipeline.put("asked.png", await picture("olive"));
    await pipeline.drained();

    await requestReconcile(pipeline, ["asked.png"]);
    await until("the worker has looked again", () => linesAbout("asked.png").length === 2);

    expect(pipeline.backfillQueueUrl).to.be.a("string").and.not.equal(pipeline.workQueueUrl);
    expect(linesAbout("asked.png").map(({ event }) => event)).to.deep.equal(["rendered", "unchanged"]);
  });

  it("is not broken by files made to harm", async () => {
    const sample = (await lightCorpus()).filter(
      ({ bytes }, index) => index % 25 === 0 && bytes.length < 100_000,
    );
    expect(sample).to.have.length.above(10);

    const { unexpected, accidents, peakMiB } = await judgeIn(pipeline, sample, 60_000);

    expect(unexpected).to.deep.equal([]);
    expect(accidents).to.deep.equal([]);
    expect(peakMiB).to.be.within(50, 1769);
    await pipeline.takeDeadLetters();
  });

  it("takes every key that S3 takes", async () => {
    const long = `${"ü".repeat(200)}/${"long ".repeat(99)}.png`;
    expect(Buffer.byteLength(long)).to.equal(900);
    const keys = [
      "two words.png",
      "1+1=2.png",
      "+.png",
      "Zürich/Käse ÄÖß.png",
      "100%.png",
      "%2F%20+%2B.png",
      "a//b/./.../c.png",
      `quotes "'&<>;?#[]{}|\\^~\`@$,:.png`,
      "日本語/📷.png",
      long,
    ];
    const tooLong = `${"x".repeat(1010)}.png`;
    for (const key of [...keys, tooLong]) await pipeline.put(key, await picture("teal"));

    await pipeline.drained();

    for (const key of keys) expect(await expectWholeSet(pipeline, key), key).to.have.length(9);
    const letters = (await pipeline.takeDeadLetters()).map(reasonOf);
    expect(letters).to.have.length(1);
    expect(letters[0]).to.include({ SourceKey: tooLong, ReasonCode: "KEY_TOO_LONG", ReceiveCount: "1" });
  });
});

function sampleNames(): string[] {
  return readdirSync(SAMPLES, { recursive: true, encoding: "utf8" }).filter((name) =>
    statSync(join(SAMPLES, name)).isFile(),
  );
}

function reasonOf({ MessageAttributes = {} }: Message): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  );
}

function byKey(a: Record<string, string | undefined>, b: Record<string, string | undefined>): number {
  return (a.SourceKey ?? "").localeCompare(b.SourceKey ?? "");
}
