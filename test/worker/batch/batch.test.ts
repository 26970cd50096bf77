import { expect } from "chai";
import fc from "fast-check";
import { processBatch } from "../../../worker/batch/batch.ts";
import { createImageTimes } from "../../../worker/batch/image-times.ts";
import { Failure } from "../../../worker/failure.ts";
import type { Outcome } from "../../../worker/reconcile/outcome.ts";
import { aBatch, fail, RENDERED, type TestBatch } from "../../support/a-batch.ts";
import { aRecord, s3Event, s3Record } from "../../support/records.ts";

async function failedIds(records: ReturnType<typeof aRecord>[], batch: TestBatch): Promise<string[]> {
  const { batchItemFailures } = await processBatch(records, batch);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

describe("processBatch", () => {
  it("acknowledges what went well", async () => {
    const batch = aBatch();

    const answer = await processBatch([aRecord({ keys: ["a.jpg"] }), aRecord({ keys: ["b.jpg"] })], batch);

    expect(answer).to.deep.equal({ batchItemFailures: [] });
    expect(batch.jobs.map(({ key }) => key)).to.have.members(["a.jpg", "b.jpg"]);
  });

  it("reports only the messages that failed for now", async () => {
    const batch = aBatch({}, (key) => (key === "bad.jpg" ? fail("THROTTLED") : RENDERED));
    const records = [aRecord({ keys: ["good.jpg"] }), aRecord({ id: "bad", keys: ["bad.jpg"] })];

    expect(await failedIds(records, batch)).to.deep.equal(["bad"]);
  });

  it("answers a batch of nothing", async () => {
    expect(await processBatch([], aBatch())).to.deep.equal({ batchItemFailures: [] });
  });

  it("runs no more images at once than it may", async () => {
    let running = 0;
    let most = 0;
    const batch = aBatch({ concurrency: 3 }, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return RENDERED;
    });

    await processBatch(
      Array.from({ length: 10 }, (_, index) => aRecord({ keys: [`${index}.jpg`] })),
      batch,
    );

    expect(most).to.equal(3);
  });

  describe("with several messages about one source", () => {
    it("reconciles it once and acknowledges them together", async () => {
      const batch = aBatch();

      expect(await failedIds([aRecord({ id: "a" }), aRecord({ id: "b" })], batch)).to.deep.equal([]);

      expect(batch.jobs).to.have.length(1);
    });

    it("reports them together", async () => {
      const batch = aBatch({}, () => fail("NETWORK"));

      const ids = await failedIds([aRecord({ id: "a" }), aRecord({ id: "b" })], batch);

      expect(ids).to.have.members(["a", "b"]);
      expect(batch.jobs).to.have.length(1);
    });

    it("looks carefully when one of them was received before", async () => {
      const batch = aBatch();

      await processBatch([aRecord(), aRecord({ receiveCount: 2 })], batch);

      expect(batch.jobs).to.deep.equal([{ key: "cat.jpg", careful: true }]);
    });
  });

  describe("with a message of several records", () => {
    it("is done with it when all of them are", async () => {
      const batch = aBatch({}, (key) => (key === "b.jpg" ? fail("NETWORK") : RENDERED));

      expect(await failedIds([aRecord({ id: "m", keys: ["a.jpg", "b.jpg"] })], batch)).to.deep.equal(["m"]);
    });

    it("tries again before it rejects", async () => {
      const batch = aBatch({}, (key) => fail(key === "a.jpg" ? "CORRUPT" : "NETWORK"));

      expect(await failedIds([aRecord({ id: "m", keys: ["a.jpg", "b.jpg"] })], batch)).to.deep.equal(["m"]);

      expect(batch.queue.deadLetters).to.deep.equal([]);
    });

    it("works on the good ones when one cannot be read, and rejects the message", async () => {
      const batch = aBatch();
      const body = JSON.stringify({ Records: [s3Record("good.jpg"), { odd: true }] });

      expect(await failedIds([aRecord({ body })], batch)).to.deep.equal([]);

      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(["good.jpg"]);
      expect(batch.queue.deadLetters[0]?.attributes.ReasonCode).to.equal("MESSAGE_MALFORMED");
    });
  });

  describe("with messages that were received before", () => {
    const fourth = aRecord({ id: "4", keys: ["fourth.jpg"], receiveCount: 4 });
    const second = aRecord({ id: "2", keys: ["second.jpg"], receiveCount: 2 });
    const last = aRecord({ id: "5", keys: ["last.jpg"], receiveCount: 5 });
    const fresh = ["a", "b"].map((id) => aRecord({ id, keys: [`${id}.jpg`] }));

    it("takes the fresh ones first, and then the others, the oftener received the later", async () => {
      const batch = aBatch({ concurrency: 1 });

      await processBatch([last, fourth, second, ...fresh], batch);

      const order = ["a.jpg", "b.jpg", "second.jpg", "fourth.jpg", "last.jpg"];
      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(order);
    });

    it("has settled and deleted the fresh ones before it starts a suspect, and those before the last", async () => {
      const deletedBefore: Record<string, number> = {};
      const batch: TestBatch = aBatch({ concurrency: 10 }, async (key) => {
        deletedBefore[key] = batch.queue.deleted.length;
        await new Promise(setImmediate);
        return RENDERED;
      });

      await processBatch([last, second, fourth, ...fresh], batch);

      expect(deletedBefore).to.deep.equal({
        "a.jpg": 0,
        "b.jpg": 0,
        "second.jpg": 2,
        "fourth.jpg": 2,
        "last.jpg": 4,
      });
    });

    it("takes an image for as suspect as the most suspect message about it", async () => {
      const batch = aBatch({ concurrency: 1 });

      await processBatch([aRecord({ keys: ["last.jpg", "z.jpg"] }), last, second], batch);

      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(["z.jpg", "second.jpg", "last.jpg"]);
    });
  });

  describe("when a message is done and others are not", () => {
    it("deletes it at once, so that it need not come back whatever happens to them", async () => {
      const hanging = Promise.withResolvers<Outcome>();
      const batch = aBatch({}, (key) => (key === "slow.jpg" ? hanging.promise : RENDERED));
      const records = [aRecord({ id: "slow", keys: ["slow.jpg"] }), aRecord({ id: "m", keys: ["b.jpg"] })];

      const answer = failedIds(records, batch);
      await new Promise(setImmediate);

      expect(batch.queue.deleted).to.deep.equal(["receipt of m"]);
      hanging.resolve(RENDERED);
      expect(await answer).to.deep.equal([]);
      expect(batch.queue.deleted, "the last one is Lambda's").to.deep.equal(["receipt of m"]);
    });

    it("deletes no message that failed, and a rejected one only when its copy is taken", async () => {
      const batch = aBatch({ concurrency: 1 }, (key) => {
        if (key !== "last.jpg") fail(key === "retry.jpg" ? "NETWORK" : "CORRUPT");
        return RENDERED;
      });
      const isCopied: boolean[] = [];
      batch.queue.delete = async () => {
        isCopied.push(batch.queue.deadLetters.length === 1);
      };
      const keys = ["retry.jpg", "reject.jpg", "last.jpg"];

      await processBatch(
        keys.map((key) => aRecord({ keys: [key] })),
        batch,
      );

      expect(isCopied).to.deep.equal([true]);
    });

    it("leaves it to Lambda when the queue is away", async () => {
      const batch = aBatch();
      batch.queue.fails.deleting = true;

      expect(await failedIds([aRecord({ keys: ["a"] }), aRecord({ keys: ["b"] })], batch)).to.deep.equal([]);
    });
  });

  describe("when an image is refused for good", () => {
    it("copies the message to the dead-letter queue with its reason, at the cost of one receive", async () => {
      const batch = aBatch({}, () => fail("CORRUPT"));
      const record = aRecord({ attributes: { RedriveCount: "2" } });

      expect(await failedIds([record], batch)).to.deep.equal([]);

      const attributes = {
        ReasonCode: "CORRUPT",
        ReasonMessage: "Failed with CORRUPT.",
        SourceKey: "cat.jpg",
        ReceiveCount: "1",
        WorkerVersion: "1.2.3",
        FailedAt: "2026-01-01T00:00:00.000Z",
        RedriveCount: "2",
      };
      expect(batch.queue.deadLetters).to.deep.equal([{ body: s3Event("cat.jpg"), attributes }]);
      expect(batch.lines).to.deep.include({
        event: "rejected",
        messageId: record.messageId,
        receiveCount: 1,
        key: "cat.jpg",
        code: "CORRUPT",
        message: "Failed with CORRUPT.",
        elapsedMs: 0,
      });
    });

    it("reports the message when the dead-letter queue does not take it", async () => {
      const batch = aBatch({}, () => fail("CORRUPT"));
      batch.queue.fails.sending = true;

      expect(await failedIds([aRecord({ id: "m" })], batch)).to.deep.equal(["m"]);
    });

    it("acknowledges only after the copy is taken", async () => {
      const batch = aBatch({}, () => fail("CORRUPT"));
      const taken = Promise.withResolvers<void>();
      let isAnswered = false;
      batch.queue.sendToDeadLetters = () => taken.promise;

      const answer = processBatch([aRecord()], batch).then(() => {
        isAnswered = true;
      });
      await new Promise(setImmediate);
      expect(isAnswered).to.equal(false);
      taken.resolve();
      await answer;
    });
  });

  describe("when an image fails for now", () => {
    it("makes the message visible after a back-off with jitter", async () => {
      const batch = aBatch({}, () => fail("THROTTLED"));
      const record = aRecord({ receiveCount: 3 });

      await processBatch([record], batch);

      expect(batch.queue.delays.get(record.receiptHandle)).to.equal(80); // half of 10 × 4 × 4
      expect(batch.queue.deadLetters).to.deep.equal([]);
    });

    it("still reports the message when that is refused", async () => {
      const batch = aBatch({}, () => fail("THROTTLED"));
      batch.queue.fails.delaying = true;

      expect(await failedIds([aRecord({ id: "m" })], batch)).to.deep.equal(["m"]);
    });

    it("is never rejected before its last receive", async () => {
      for (const receiveCount of [1, 2, 3, 4]) {
        const batch = aBatch({}, () => fail("NETWORK"));
        expect(await failedIds([aRecord({ id: "m", receiveCount })], batch)).to.deep.equal(["m"]);
        expect(batch.queue.deadLetters).to.deep.equal([]);
      }
    });

    it("is sent to the dead-letter queue with its reason on the last receive", async () => {
      const batch = aBatch({}, () => fail("NETWORK"));

      expect(await failedIds([aRecord({ receiveCount: 5 })], batch)).to.deep.equal([]);

      expect(batch.queue.deadLetters[0]?.attributes).to.include({ ReasonCode: "NETWORK", ReceiveCount: "5" });
    });

    it("is dead-lettered unopened once whoever had its last receive did not live to answer", async () => {
      const batch = aBatch();
      const records = [aRecord({ id: "m", receiveCount: 6 }), aRecord({ id: "n", keys: ["dog.jpg"] })];

      expect(await failedIds(records, batch)).to.deep.equal([]);

      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(["dog.jpg"]);
      expect(batch.queue.deadLetters).to.have.length(1);
      expect(batch.queue.deadLetters[0]?.attributes).to.include({
        ReasonCode: "WORKER_DIED",
        SourceKey: "cat.jpg",
        ReceiveCount: "6",
      });
    });

    it("takes a message of unknown receive count for new", async () => {
      const batch = aBatch({ maxReceiveCount: 2 }, () => fail("NETWORK"));

      expect(await failedIds([aRecord({ id: "m", receiveCount: "" })], batch)).to.deep.equal(["m"]);
    });

    it("takes a bug for something to try again, and logs its stack", async () => {
      const batch = aBatch({}, () => {
        throw new TypeError("undefined is not a function");
      });

      expect(await failedIds([aRecord({ id: "m" })], batch)).to.deep.equal(["m"]);

      const line = batch.lines.find(({ event }) => event === "retried");
      expect(line?.code).to.equal("UNKNOWN");
      expect(line?.stack).to.include("batch.test.ts");
    });
  });

  describe("when time runs out", () => {
    /** Every image takes 25 of the 60 seconds; one at a time. */
    const slow = (fields = {}) => {
      const imageTimes = createImageTimes();
      return aBatch({ concurrency: 1, imageTimes, ...fields }, (_key, clock) => {
        clock.advance(25_000);
        imageTimes.add(25_000);
        return RENDERED;
      });
    };
    const three = (lastReceiveCount = 1) => [
      aRecord({ id: "a", keys: ["a.jpg"] }),
      aRecord({ id: "b", keys: ["b.jpg"] }),
      aRecord({ id: "c", keys: ["c.jpg"], receiveCount: lastReceiveCount }),
    ];

    it("starts no image that would not be done in time, and gives its message back at once", async () => {
      const batch = slow();

      expect(await failedIds(three(), batch)).to.deep.equal(["c"]);

      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(["a.jpg", "b.jpg"]);
      expect(batch.queue.delays.get("receipt of c")).to.equal(0);
      expect(batch.lines.find(({ messageId }) => messageId === "c")?.code).to.equal("OUT_OF_TIME");
    });

    it("always starts some, however long the last images took", async () => {
      const imageTimes = createImageTimes();
      imageTimes.add(70_000);
      const batch = aBatch({ imageTimes });

      expect(await failedIds([aRecord()], batch)).to.deep.equal([]);
    });

    it("keeps time for a message on its last receive, and gives back a fresh one instead", async () => {
      const batch = slow();

      expect(await failedIds(three(5), batch)).to.deep.equal(["b"]);

      expect(batch.jobs.map(({ key }) => key)).to.deep.equal(["a.jpg", "c.jpg"]);
    });

    it("lets no image use the time of one on its last receive", async () => {
      const batch = aBatch({ concurrency: 2 });
      const last = ["x", "y", "z"].map((id) => aRecord({ keys: [`${id}.jpg`], receiveCount: 5 }));

      await processBatch([aRecord({ keys: ["a.jpg"] }), aRecord({ keys: ["b.jpg"] }), ...last], batch);

      expect(batch.reservedMs).to.deep.equal([6000, 6000, 0, 0, 0]); // two rounds of two at once, 3 seconds each
    });

    it("tries a message on its last receive even when time is short", async () => {
      const batch = slow();
      const records = ["a", "b", "c"].map((id) => aRecord({ id, keys: [`${id}.jpg`], receiveCount: 5 }));

      expect(await failedIds(records, batch)).to.deep.equal([]);

      expect(batch.jobs).to.have.length(3);
      expect(batch.queue.deadLetters).to.deep.equal([]);
    });

    it("says of a message that was never started that nothing is known against its image", async () => {
      const controller = new AbortController();
      controller.abort(new Failure("OUT_OF_TIME", "over"));
      const batch = aBatch({ signal: controller.signal });

      expect(await failedIds([aRecord({ receiveCount: 5 })], batch)).to.deep.equal([]);

      expect(batch.jobs).to.deep.equal([]);
      expect(batch.queue.deadLetters[0]?.attributes).to.include({
        ReasonCode: "OUT_OF_TIME",
        ReasonMessage: "Not started: the batch left no time for it.",
      });
    });

    it("does not wait for an image that hangs, and keeps what is done", async () => {
      const controller = new AbortController();
      const batch = aBatch({ signal: controller.signal }, (key) =>
        key === "hangs.jpg" ? new Promise(() => {}) : RENDERED,
      );
      const answer = failedIds(
        [aRecord({ id: "h", keys: ["hangs.jpg"] }), aRecord({ keys: ["b.jpg"] })],
        batch,
      );
      await new Promise(setImmediate);

      controller.abort(new Failure("OUT_OF_TIME", "over"));

      expect(await answer).to.deep.equal(["h"]);
      expect(batch.queue.delays.get("receipt of h")).to.equal(5); // tried: a back-off, not at once
    });
  });

  it("acknowledges a test event and logs it", async () => {
    const batch = aBatch();
    const body = JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "uploads" });

    expect(await failedIds([aRecord({ id: "t", body })], batch)).to.deep.equal([]);

    expect(batch.jobs).to.deep.equal([]);
    expect(batch.lines[0]).to.deep.equal({
      event: "ignored",
      code: "TEST_EVENT",
      messageId: "t",
      receiveCount: 1,
    });
  });

  it("looks carefully at what was redriven or asked for by an operator", async () => {
    const batch = aBatch();
    const body = JSON.stringify({ darkroom: "reconcile", keys: ["asked.jpg"] });

    await processBatch([aRecord({ body }), aRecord({ attributes: { RedriveCount: "1" } })], batch);

    expect(batch.jobs).to.have.deep.members([
      { key: "asked.jpg", careful: true },
      { key: "cat.jpg", careful: true },
    ]);
  });

  it("answers with ids of the batch, each once, whatever happens", async () => {
    const fates = fc.constantFrom(
      () => RENDERED,
      () => fail("CORRUPT"),
      () => fail("NETWORK"),
      () => raise(new TypeError("bug")),
      () => raise("a string"),
      () => raise(undefined),
    );
    const facts = fc.record({
      keys: fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 3 }),
      receiveCount: fc.constantFrom(1, 5, "", "many"),
      body: fc.oneof(fc.constant(s3Event("a", "b")), fc.string(), fc.json()),
    });
    const batches = fc.array(facts, { maxLength: 5 });

    await fc.assert(
      fc.asyncProperty(batches, fates, fc.boolean(), async (messages, fate, isQueueAway) => {
        const batch = aBatch({}, fate);
        batch.queue.fails = { sending: isQueueAway, deleting: isQueueAway, delaying: isQueueAway };
        const records = messages.map(aRecord);

        const ids = await failedIds(records, batch);

        expect(records.map(({ messageId }) => messageId)).to.include.members(ids);
        expect(new Set(ids).size).to.equal(ids.length);
      }),
      { seed: 1 },
    );
  });
});

function raise(value: unknown): never {
  throw value;
}
