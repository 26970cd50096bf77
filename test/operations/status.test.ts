import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { MappingFacts } from "../../operations/engine.ts";
import { oldestAges } from "../../operations/oldest-age.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { readMappings, readStatus } from "../../operations/status.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";
import { connection } from "../support/local-cloud.ts";

describe("readStatus", () => {
  let target: TestTarget;
  let aheadMs: number;

  beforeEach(async () => {
    aheadMs = 0;
    target = await startTarget(() => Date.now() + aheadMs);
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

  it("says which lanes are paused", async () => {
    const mappings = [
      { lane: "work", state: "Disabling" },
      { lane: "backfill", state: "Enabling" },
    ] as MappingFacts[];

    expect((await readStatus(target, { waitSeconds: 0, mappings })).paused).to.deep.equal(["work"]);
  });

  it("says how old the oldest message of each lane is, where there is one", async () => {
    const { sqs, workQueueUrl } = target;
    await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody: "x" }));
    aheadMs = 90_000;

    const ages = await oldestAges(target);
    const { work, backfill } = await readStatus(target, { waitSeconds: 0, ages });

    expect(work.visible).to.equal(1);
    expect(work.oldestSeconds).to.be.within(90, 95);
    expect(backfill).to.not.have.property("oldestSeconds");
    // CloudWatch is late: it tells of what is done meanwhile.
    const late = await readStatus(target, { waitSeconds: 0, ages: { ...ages, backfill: 60 } });
    expect(late.backfill).to.not.have.property("oldestSeconds");
  });

  it("does without what CloudWatch does not tell", async () => {
    const { cloudwatch: _, ...withoutIt } = target;
    expect(await oldestAges(withoutIt)).to.deep.equal({});
    const credentials = { accessKeyId: "nobody", secretAccessKey: "nobody" };
    const cloudwatch = async () => new CloudWatchClient({ ...connection(target.cloud), credentials });
    expect(await oldestAges({ ...target, cloudwatch })).to.deep.equal({});
  });

  it("does without what Lambda does not tell", async () => {
    expect(await readMappings(target)).to.equal(undefined);
    const lambda = { send: () => Promise.reject(new Error("AccessDenied")) } as unknown as LambdaClient;
    const engine = { lambda, functionName: "f", mappingIds: { work: "a", backfill: undefined } };
    expect(await readMappings({ ...target, engine })).to.equal(undefined);
  });
});
