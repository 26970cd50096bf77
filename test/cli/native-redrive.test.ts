// `darkroom dlq redrive --native`: SQS moves everything by itself, and the command sees it through.
import {
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { queueDepth } from "../../operations/queue-depth.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { darkroomHere, killRemaining, startDarkroom } from "../support/darkroom.ts";
import { consume, drain, sendDeadLetters } from "../support/dead-letters.ts";
import { until } from "../support/until.ts";

describe("darkroom dlq redrive --native", function () {
  this.timeout(60_000);
  let stack: TestStack;
  let SourceArn: string;

  beforeEach(async () => {
    stack = await startStack();
    SourceArn = await arnOf(stack.deadLetterQueueUrl);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 5 });
    await stack.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: stack.workQueueUrl, Attributes: { RedrivePolicy } }),
    );
    await sendDeadLetters(
      stack,
      Array.from({ length: 25 }, (_, index) => ({ key: `${index}.jpg`, reason: "THROTTLED" })),
    );
  });
  afterEach(async () => {
    killRemaining();
    await stack.stop();
  });

  const run = (...words: string[]) =>
    darkroomHere(["dlq", "redrive", "--native", ...words, ...stack.words], stack.environment);
  const arnOf = async (QueueUrl: string) => {
    const asked = { QueueUrl, AttributeNames: ["QueueArn" as const] };
    return (await stack.sqs.send(new GetQueueAttributesCommand(asked))).Attributes?.QueueArn ?? "";
  };
  const latestTask = async () =>
    (await stack.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results?.[0];
  const count = async (url: string) => (await queueDepth(stack.sqs, url)).visible;

  it("moves all at its rate, to the lane of operators, and reports what became of each", async () => {
    const planned = await run();
    const stop = consume(stack.sqs, stack.backfillQueueUrl);
    const { code, stdout } = await run("--rate", "50", "--yes", "--json");
    await stop();

    expect([planned.code, code]).to.deep.equal([0, 0]);
    expect(planned.stdout).to.include("25 dead letters would be moved by SQS, uncounted; add --yes");
    const { letters, ...report } = JSON.parse(stdout);
    expect(report).to.deep.include({ status: "COMPLETED", moved: 25, toMove: 25 });
    expect(report.byReason).to.deep.equal([
      { code: "THROTTLED", redriven: 25, done: 25, rejected: 0, pending: 0 },
    ]);
    expect(letters[0]).to.have.all.keys("id", "key", "code", "state");
    expect(await latestTask()).to.include({
      MaxNumberOfMessagesPerSecond: 50,
      DestinationArn: await arnOf(stack.backfillQueueUrl),
    });
  });

  it("is cancelled by Ctrl-C: what is moved stays moved", async () => {
    const words = ["dlq", "redrive", "--native", "--rate", "10", "--yes", ...stack.words];
    const running = startDarkroom(words, { environment: stack.environment });
    await until("SQS has moved some", async () => (await count(stack.backfillQueueUrl)) > 0, 30_000);
    running.process.kill("SIGINT");
    const { code, stdout } = await running.ended;

    expect(code).to.equal(130);
    expect(stdout).to.match(/SQS moved \d+ of 25 dead letters\. Cancelled: what is moved stays moved/);
    expect((await latestTask())?.Status).to.equal("CANCELLED");
    const moved = await drain(stack.sqs, stack.backfillQueueUrl);
    expect(moved.length).to.be.within(1, 24);
    expect(await count(stack.deadLetterQueueUrl)).to.equal(25 - moved.length);
  });

  it("says so when SQS is at it already", async () => {
    const DestinationArn = await arnOf(stack.backfillQueueUrl);
    const task = { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: 1 };
    await stack.sqs.send(new StartMessageMoveTaskCommand(task));
    const { code, stderr } = await run("--yes");

    expect(code).to.equal(2);
    expect(stderr).to.match(
      /SQS is moving dead letters already: \d+ of 25\.\nIt does one such task at a time/,
    );
  });

  for (const words of [
    ["--reason", "THROTTLED"],
    ["--prefix", "1"],
    ["--since", "6h"],
    ["--until", "6h"],
    ["--id", "some-id"],
    ["--fixed-in", "0.2.0"],
    ["--limit", "3"],
    ["--canary", "3"],
    ["--max-redrives", "3"],
  ]) {
    it(`does not go with ${words[0]}`, async () => {
      const { code, stderr } = await run(...words, "--yes");

      expect(code).to.equal(2);
      expect(stderr).to.include("--native goes with --rate and --yes only.");
      expect(await count(stack.deadLetterQueueUrl)).to.equal(25);
    });
  }
});
