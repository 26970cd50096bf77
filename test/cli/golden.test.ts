// What an operator sees at 80 columns, of a stack with some dead letters. The files in golden/ are for reading, too.
import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { consume, sendDeadLetters } from "../support/dead-letters.ts";
import { expectGolden } from "../support/golden.ts";

const MINUTE_MS = 60_000;

describe("what an operator sees", function () {
  this.timeout(60_000);
  let stack: TestStack;
  const run = (...words: string[]) => darkroomHere([...words, ...stack.words], stack.environment);

  before(async () => {
    stack = await startStack();
    const fortnight = { MessageRetentionPeriod: "1209600" };
    await stack.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: stack.deadLetterQueueUrl, Attributes: fortnight }),
    );
    // Halfway between two units, so that a slow machine shows the same.
    const ago = (minutes: number) => new Date(Date.now() - (minutes + 0.5) * MINUTE_MS).toISOString();
    await sendDeadLetters(stack, [
      ...["a", "b", "c", "d"].map((name) => ({
        key: `2026/${name}.jpg`,
        reason: "ACCESS_DENIED",
        failedAt: ago(150),
      })),
      {
        key: "2026/a-very-long-folder-name/and-a-very-long-name-in-it.jpg",
        failedAt: ago(30),
        redriveCount: 3,
      },
      { key: "2026/phone.heic", reason: "UNSUPPORTED_FORMAT_HEIC", failedAt: ago(30) },
    ]);
  });
  after(() => stack.stop());

  it("status", async () => {
    expectGolden("status", (await run("status")).stdout);
  });

  it("dlq list", async () => {
    expectGolden("dlq-list", (await run("dlq", "list")).stdout);
  });

  it("dlq show", async () => {
    const { stdout } = await run("dlq", "list", "--json", "--reason", "UNSUPPORTED_FORMAT_HEIC");
    const shown = (await run("dlq", "show", JSON.parse(stdout).id)).stdout;

    // Bodies are shown as they are: they are to be copied.
    expectGolden("dlq-show", shown.replace(/^\{.*\}$/m, "{…}"));
  });

  it("dlq redrive, before and after", async () => {
    expectGolden("dlq-redrive-plan", (await run("dlq", "redrive", "--all")).stdout);
    const stop = consume(stack.sqs, stack.backfillQueueUrl);
    const { code, stdout } = await run("dlq", "redrive", "--all", "--yes");
    await stop();

    expect(code).to.equal(0);
    expectGolden("dlq-redrive", stdout);
  });
});
