// A sample of `npm run chaos`, for every run of the tests, without a worker: 500 dead letters of five reasons.
import type { Message } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { CHOSEN, lettersOf, OTHERS, REASONS, redriveUnderFire } from "../chaos/redrive-under-fire.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroom, killRemaining } from "../support/darkroom.ts";
import { drain, sendDeadLetters, textsOf } from "../support/dead-letters.ts";
import { s3Event } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";

const PER_REASON = 100;
const KILLS = 6;
/** As much as one that is killed and started again may send twice, at most: a batch between two of its lines. */
const MOST_TWICE = 10;
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

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
    const { environment, sqs, deadLetterQueueUrl, backfillQueueUrl } = stack;
    const chosen = lettersOf(CHOSEN, PER_REASON);
    const later = () => {
      laterMs += 61_000;
    };
    await sendDeadLetters(stack, lettersOf(REASONS, PER_REASON));
    const words = ["dlq", "redrive", ...CHOSEN.flatMap((reason) => ["--reason", reason])];
    words.push("--rate", "20", "--no-follow", "--yes", ...stack.words);

    const toll = await redriveUnderFire({
      ...{ target: stack, words, environment, total: chosen.length },
      ...{ kills: KILLS, random: seeded(SEED), afterKill: later },
    });
    later();
    const last = await darkroom([...words, "--rate", "500", "--json"], { environment });

    expect(toll).to.include({ killed: KILLS, inTheMiddle: KILLS });
    expect(last.code, last.stderr).to.equal(0);
    expect(JSON.parse(last.stdout)).to.include({ hidden: 0, undeleted: 0 });
    expect(JSON.parse(last.stdout).resumed, "what the journals hold").to.be.above(0);
    const sent = await drain(sqs, backfillQueueUrl);
    expect(new Set(sent.map(({ Body }) => Body))).to.deep.equal(
      new Set(chosen.map(({ key }) => s3Event(key))),
    );
    expect(sent.length - chosen.length, "sent twice").to.be.at.most(KILLS * MOST_TWICE);
    expect(new Set(sent.map((message) => textsOf(message).RedriveCount))).to.deep.equal(new Set(["1"]));
    later();
    expectUntouched(await drain(sqs, deadLetterQueueUrl));
  });

  function expectUntouched(left: readonly Message[]) {
    const others = lettersOf(OTHERS, PER_REASON).map(({ key }) => key);
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
  }
});
