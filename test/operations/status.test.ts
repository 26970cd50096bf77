import type { LambdaClient } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { MappingFacts } from "../../operations/engine.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { readMappings, readStatus } from "../../operations/status.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";

describe("readStatus", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });
  afterEach(() => target.stop());

  it("counts what waits and what is in flight, in each queue", async () => {
    const { sqs, workQueueUrl, backfillQueueUrl } = target;
    for (const QueueUrl of [workQueueUrl, workQueueUrl, workQueueUrl, backfillQueueUrl])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: workQueueUrl }));

    const { work, backfill, deadLetters } = await readStatus(target, { waitSeconds: 0 });

    expect(work).to.deep.equal({ visible: 2, inFlight: 1, delayed: 0 });
    expect(backfill).to.deep.equal({ visible: 1, inFlight: 0, delayed: 0 });
    expect(deadLetters).to.deep.equal({ visible: 0, inFlight: 0, delayed: 0, groups: [], grouped: 0 });
  });

  it("groups dead letters by reason, the most frequent first, and leaves them visible", async () => {
    await sendDeadLetters(target, [
      { key: "a.jpg", reason: "CORRUPT", failedAt: "2026-01-01T00:00:00.000Z" },
      { key: "b.jpg", reason: "TRUNCATED", failedAt: "2026-01-02T00:00:00.000Z" },
      { key: "c.jpg", reason: "TRUNCATED", failedAt: "2026-01-03T00:00:00.000Z" },
    ]);
    const sentMs = Date.now();

    const { deadLetters } = await readStatus(target, { waitSeconds: 0 });

    const [first, second] = deadLetters.groups;
    expect(first).to.deep.include({ code: "TRUNCATED", count: 2, examples: ["b.jpg", "c.jpg"] });
    expect(first?.oldestMs).to.equal(Date.parse("2026-01-02T00:00:00.000Z"));
    expect(first?.newestMs).to.equal(Date.parse("2026-01-03T00:00:00.000Z"));
    expect(second).to.deep.include({ code: "CORRUPT", count: 1 });
    // The queue's retention is SQS's default of 4 days.
    expect((first?.expiresMs ?? 0) - sentMs).to.be.closeTo(4 * 86_400_000, 10_000);
    expect(await queueDepth(target.sqs, target.deadLetterQueueUrl)).to.include({ visible: 3, inFlight: 0 });
  });

  it("says how many invocations are at work at least, and how many may be", async () => {
    const { sqs, workQueueUrl, backfillQueueUrl } = target;
    for (const QueueUrl of [workQueueUrl, workQueueUrl, workQueueUrl, backfillQueueUrl]) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    }
    const mapping = (lane: "work" | "backfill", batchSize: number, concurrency: number) =>
      ({ lane, batchSize, concurrency }) as MappingFacts;

    const mappings = [mapping("work", 2, 50), mapping("backfill", 10, 5)];
    const { working } = await readStatus(target, { waitSeconds: 0, mappings });

    expect(working).to.deep.equal({ atLeast: 3, limit: 55 });
  });

  it("does without what Lambda does not tell", async () => {
    expect(await readMappings(target)).to.equal(undefined);
    const lambda = { send: () => Promise.reject(new Error("AccessDenied")) } as unknown as LambdaClient;
    const engine = { lambda, functionName: "f", mappingIds: { work: "a", backfill: undefined } };
    expect(await readMappings({ ...target, engine })).to.equal(undefined);
  });
});
