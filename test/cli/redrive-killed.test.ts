// 500 dead letters of five reasons. Two reasons are redriven by two processes at once, which are killed again and again.
import { expect } from "chai";
import { messageCount, queueDepth } from "../../operations/queue-depth.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroom, killRemaining, startDarkroom } from "../support/darkroom.ts";
import { drain, sendDeadLetters, textsOf } from "../support/dead-letters.ts";
import { s3Event } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";
import { until } from "../support/until.ts";

const REASONS = ["TRUNCATED", "CORRUPT", "ACCESS_DENIED", "THROTTLED", "UNKNOWN"];
const PER_REASON = 100;
const CHOSEN = ["ACCESS_DENIED", "THROTTLED"];
const ROUNDS = 5;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

const keysOf = (reason: string) => Array.from({ length: PER_REASON }, (_, index) => `${reason}/${index}.jpg`);

describe("darkroom dlq redrive, killed", function () {
  this.timeout(120_000);
  let stack: TestStack;
  /** What is hidden when a process is killed comes back after a minute. */
  let laterMs = 0;

  before(async () => {
    stack = await startStack(() => Date.now() + laterMs);
  });
  after(async () => {
    killRemaining();
    await stack.stop();
  });

  it(`loses none of 500, and touches none it was not asked for (SEED=${SEED})`, async () => {
    const random = seeded(SEED);
    const { environment } = stack;
    const reasons = CHOSEN.flatMap((reason) => ["--reason", reason]);
    const words = ["dlq", "redrive", ...reasons, "--rate", "60", "--yes", ...stack.words];
    await sendDeadLetters(
      stack,
      REASONS.flatMap((reason) => keysOf(reason).map((key) => ({ key, reason }))),
    );

    for (let round = 0; round < ROUNDS; round++) {
      const both = [startDarkroom(words, { environment }), startDarkroom(words, { environment })];
      const enough = (await sentCount(stack)) + 1 + random.below(12);
      await until("they are in the middle of it", async () => (await sentCount(stack)) >= enough, 30_000);
      for (const running of both) running.process.kill("SIGKILL");
      const codes = (await Promise.all(both.map(({ ended }) => ended))).map(({ code }) => code);
      expect(codes, "killed").to.deep.equal([null, null]);
      laterMs += 61_000;
    }
    const last = await darkroom(words, { environment });

    expect(last.code, last.stderr).to.equal(0);
    const sent = await drain(stack.sqs, stack.backfillQueueUrl);
    expect(new Set(sent.map(({ Body }) => Body))).to.deep.equal(
      new Set(CHOSEN.flatMap((reason) => keysOf(reason).map((key) => s3Event(key)))),
    );
    expect(new Set(sent.map((message) => textsOf(message).RedriveCount))).to.deep.equal(new Set(["1"]));
    laterMs += 61_000;
    const left = await drain(stack.sqs, stack.deadLetterQueueUrl);
    const others = REASONS.filter((reason) => !CHOSEN.includes(reason)).flatMap(keysOf);
    expect(left.map((message) => textsOf(message).SourceKey)).to.have.members(others);
    for (const message of left) {
      const { ReasonCode, SourceKey = "", RedriveCount, WorkerVersion } = textsOf(message);
      expect([ReasonCode, RedriveCount, WorkerVersion]).to.deep.equal([
        SourceKey.split("/")[0],
        "0",
        "0.1.0+01234567",
      ]);
      expect(message.Body).to.equal(s3Event(SourceKey));
    }
  });

  async function sentCount({ sqs, backfillQueueUrl }: TestStack) {
    return messageCount(await queueDepth(sqs, backfillQueueUrl));
  }
});
