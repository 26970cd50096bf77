import { PutObjectCommand } from "@aws-sdk/client-s3";
import {
  type DeleteMessageBatchCommandInput,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { redrive } from "../../../operations/dead-letters/redrive.ts";
import { redriveAndFollow } from "../../../operations/dead-letters/redrive-and-follow.ts";
import { queueDepth } from "../../../operations/queue-depth.ts";
import { startTarget, type TestTarget } from "../../support/a-target.ts";
import { consume, drain, type LetterFacts, sendDeadLetters, textsOf } from "../../support/dead-letters.ts";
import { s3Event } from "../../support/records.ts";
import { rejection } from "../../support/rejection.ts";

const FOLLOW = { pollMs: 10, settleMs: 40 };

describe("redrive", () => {
  let target: TestTarget;
  let backfillQueueUrl: string;

  beforeEach(async () => {
    target = await startTarget();
    backfillQueueUrl = target.backfillQueueUrl ?? "";
  });
  afterEach(() => target.stop());

  const letters = (count: number, facts: Partial<LetterFacts> = {}) =>
    Array.from({ length: count }, (_, index) => ({ key: `${facts.reason ?? "x"}/${index}.jpg`, ...facts }));
  const deadCount = async () => await queueDepth(target.sqs, target.deadLetterQueueUrl);
  const run = (options: Parameters<typeof redrive>[1] = {}) =>
    redrive(target, { waitSeconds: 0, ...options });

  it("moves those that match, and leaves the others as they were", async () => {
    await sendDeadLetters(target, letters(12, { reason: "TRUNCATED" }));
    await sendDeadLetters(target, letters(15, { reason: "CORRUPT" }));

    const { redriven, undeleted, refused, guarded } = await run({ filter: { reasons: ["CORRUPT"] } });

    expect([redriven.length, undeleted, refused, guarded]).to.deep.equal([15, [], [], []]);
    expect(await deadCount()).to.deep.equal({ visible: 12, inFlight: 0, delayed: 0 });
    const sent = await drain(target.sqs, backfillQueueUrl);
    expect(sent.map(({ Body }) => Body)).to.have.members(
      letters(15, { reason: "CORRUPT" }).map(({ key }) => s3Event(key)),
    );
    const left = await drain(target.sqs, target.deadLetterQueueUrl);
    expect(new Set(left.map((message) => textsOf(message).ReasonCode))).to.deep.equal(new Set(["TRUNCATED"]));
  });

  it("filters by key and by time", async () => {
    await sendDeadLetters(target, [
      { key: "a/old.jpg", failedAt: "2026-01-01T00:00:00.000Z" },
      { key: "a/new.jpg", failedAt: "2026-03-01T00:00:00.000Z" },
      { key: "b/new.jpg", failedAt: "2026-03-01T00:00:00.000Z" },
    ]);

    const { redriven } = await run({
      filter: { prefix: "a/", sinceMs: Date.parse("2026-02-01T00:00:00.000Z") },
    });

    expect(redriven.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a/new.jpg"]);
  });

  it("counts the redrive, drops the old reason and keeps what others wrote", async () => {
    const trace = { DataType: "Binary", BinaryValue: new Uint8Array([1, 2, 3]) };
    await sendDeadLetters(target, [{ key: "a.jpg", redriveCount: 1, attributes: { Trace: trace } }]);

    await run();

    const [message] = await drain(target.sqs, backfillQueueUrl);
    expect(message?.MessageAttributes).to.deep.equal({
      RedriveCount: { DataType: "String", StringValue: "2" },
      Trace: trace,
    });
  });

  it("leaves what came back too often", async () => {
    await sendDeadLetters(target, [
      { key: "a.jpg", redriveCount: 3 },
      { key: "b.jpg", redriveCount: 2 },
    ]);

    const { redriven, guarded } = await run();

    expect(redriven.map(({ sourceKey }) => sourceKey)).to.deep.equal(["b.jpg"]);
    expect(guarded.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a.jpg"]);
    expect(await deadCount()).to.deep.equal({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it("sends no more than the limit, and releases the rest", async () => {
    await sendDeadLetters(target, letters(25));

    const { redriven } = await run({ limit: 13 });

    expect(redriven).to.have.length(13);
    expect(await deadCount()).to.deep.equal({ visible: 12, inFlight: 0, delayed: 0 });
  });

  it("deletes nothing that the queue did not take", async () => {
    await sendDeadLetters(target, letters(3));
    await target.sqs.send(new DeleteQueueCommand({ QueueUrl: backfillQueueUrl }));

    await rejection(run());

    expect(await deadCount()).to.deep.equal({ visible: 3, inFlight: 0, delayed: 0 });
  });

  it("keeps the one entry that is refused, and says why", async () => {
    const big = s3Event("x".repeat(1000), "y".repeat(900));
    await sendDeadLetters(target, [{ key: "a.jpg" }, { key: "big.jpg", body: big }, { key: "c.jpg" }]);
    await target.sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: backfillQueueUrl,
        Attributes: { MaximumMessageSize: "1024" },
      }),
    );

    const { redriven, refused } = await run();

    expect(redriven.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a.jpg", "c.jpg"]);
    expect(refused.map(({ letter }) => letter.sourceKey)).to.deep.equal(["big.jpg"]);
    expect(refused[0]?.problem).to.include("InvalidParameterValue");
    expect(await deadCount()).to.deep.equal({ visible: 1, inFlight: 0, delayed: 0 });
  });

  it("does not send in circles what is rejected again at once", async () => {
    await sendDeadLetters(target, letters(12));
    const rejecting = { ...target, sqs: rejectingAtOnce(target) };

    const { redriven } = await redrive(rejecting, { waitSeconds: 0 });

    expect(redriven).to.have.length(12);
    expect(await deadCount()).to.deep.equal({ visible: 12, inFlight: 0, delayed: 0 });
  });

  const hide = async (seconds: number) => {
    const asked = {
      QueueUrl: target.deadLetterQueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: seconds,
    };
    await target.sqs.send(new ReceiveMessageCommand(asked));
  };

  it("waits for those that a run which was killed has hidden", async () => {
    await sendDeadLetters(target, letters(15));
    await hide(1);
    const waitedFor: number[] = [];

    const { redriven, hidden } = await run({ pollMs: 10, onHidden: (count) => waitedFor.push(count) });

    expect([redriven.length, hidden, waitedFor]).to.deep.equal([15, 0, [10]]);
  });

  it("deletes when it looks again what it could not delete, and sends nothing twice", async () => {
    await sendDeadLetters(target, letters(13));
    await hide(1);
    let deletions = 0;
    target.sqs.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { Entries: [first] = [] } = args.input as DeleteMessageBatchCommandInput;
          if (commandName === "DeleteMessageBatchCommand" && deletions++ === 0 && first)
            first.ReceiptHandle = "none of SQS";
          return next(args);
        },
      { step: "initialize" },
    );

    const { redriven, undeleted } = await run({ pollMs: 10 });

    expect(deletions).to.be.at.least(3);
    expect([redriven.length, undeleted]).to.deep.equal([13, []]);
    expect(await deadCount()).to.deep.equal({ visible: 0, inFlight: 0, delayed: 0 });
    expect(await drain(target.sqs, backfillQueueUrl)).to.have.length(13);
  });

  it("says how many it could not look at, because others have them in hand", async () => {
    await sendDeadLetters(target, letters(15));
    await hide(60);

    const { redriven, hidden } = await run({ pollMs: 10, hiddenMs: 30 });

    expect([redriven.length, hidden]).to.deep.equal([5, 10]);
  });

  it("leaves what is not from before the version that has the fix", async () => {
    const version = (StringValue: string) => ({ WorkerVersion: { DataType: "String", StringValue } });
    await sendDeadLetters(target, [
      { key: "old.jpg", attributes: version("0.1.0+01234567") },
      { key: "new.jpg", attributes: version("0.2.0+01234567") },
      { key: "unknown.jpg", attributes: version("development") },
    ]);

    const { redriven, ofUnknownVersion } = await run({ filter: { fixedIn: "0.2.0" } });

    expect(redriven.map(({ sourceKey }) => sourceKey)).to.deep.equal(["old.jpg"]);
    expect(ofUnknownVersion.map(({ sourceKey }) => sourceKey)).to.deep.equal(["unknown.jpg"]);
    expect(await deadCount()).to.deep.equal({ visible: 2, inFlight: 0, delayed: 0 });
  });

  it("keeps to its rate", async () => {
    await sendDeadLetters(target, letters(30));
    const startedMs = performance.now();

    await run({ ratePerSecond: 100 });

    expect(performance.now() - startedMs).to.be.above(195);
  });

  it("finishes what is under way when it is told to stop, and releases the rest", async () => {
    await sendDeadLetters(target, letters(35));
    const stop = new AbortController();

    const { redriven } = await run({ signal: stop.signal, onProgress: () => stop.abort() });

    expect(redriven).to.have.length(10);
    expect(await deadCount()).to.deep.equal({ visible: 25, inFlight: 0, delayed: 0 });
    expect(await drain(target.sqs, backfillQueueUrl)).to.have.length(10);
  });

  it("stops after the canaries when they are rejected again", async () => {
    await sendDeadLetters(target, letters(12, { reason: "TRUNCATED" }));
    for (const { key } of letters(12, { reason: "TRUNCATED" }))
      await target.s3.send(new PutObjectCommand({ Bucket: target.sourceBucket, Key: key, Body: "x" }));
    const rejecting = { ...target, sqs: rejectingAtOnce(target) };

    const result = await redriveAndFollow(rejecting, { canary: 3, waitSeconds: 0, follow: FOLLOW });

    expect(result.isStopped).to.equal(true);
    expect(result.redriven).to.have.length(3);
    expect([...result.fates.values()]).to.deep.equal(Array(3).fill({ state: "rejected", code: "TRUNCATED" }));
    const left = (await drain(target.sqs, target.deadLetterQueueUrl)).map(
      (message) => textsOf(message).RedriveCount,
    );
    expect(left.toSorted()).to.deep.equal([...Array(9).fill("0"), ...Array(3).fill("1")]);
  });

  it("stops after canaries that nobody has finished", async () => {
    await sendDeadLetters(target, letters(5, { reason: "x" }));
    for (const { key } of letters(5))
      await target.s3.send(new PutObjectCommand({ Bucket: target.sourceBucket, Key: key, Body: "x" }));

    const options = { canary: 2, waitSeconds: 0, follow: { ...FOLLOW, limitMs: 50 } };
    const { isStopped, redriven, fates } = await redriveAndFollow(target, options);

    expect([isStopped, redriven.length]).to.deep.equal([true, 2]);
    expect([...fates.values()]).to.deep.equal(Array(2).fill({ state: "pending" }));
  });

  it("goes on after canaries that went well: a source that is gone and has no set is as it should be", async () => {
    await sendDeadLetters(target, letters(12));

    const stop = consume(target.sqs, backfillQueueUrl);
    const result = await redriveAndFollow(target, { canary: 3, limit: 11, waitSeconds: 0, follow: FOLLOW });
    await stop();

    expect([result.isStopped, result.redriven.length, result.fates.size]).to.deep.equal([false, 11, 11]);
    expect([...result.fates.values()].every(({ state }) => state === "done")).to.equal(true);
  });
});

/** A worker that is quicker than the redrive: whatever is sent is a dead letter again when the answer comes. */
function rejectingAtOnce({ sqs, deadLetterQueueUrl }: TestTarget): SQSClient {
  const send = async (command: Parameters<SQSClient["send"]>[0], ...rest: unknown[]) => {
    const answer = await Reflect.apply(sqs.send, sqs, [command, ...rest]);
    if (command instanceof SendMessageBatchCommand) {
      const letters = (command.input.Entries ?? []).map(({ MessageBody = "", MessageAttributes = {} }) => ({
        key: JSON.parse(MessageBody).Records[0].s3.object.key,
        body: MessageBody,
        redriveCount: Number(MessageAttributes.RedriveCount?.StringValue),
      }));
      await sendDeadLetters({ sqs, deadLetterQueueUrl }, letters);
    }
    return answer;
  };
  return Object.assign(Object.create(sqs), { send }) as SQSClient;
}
