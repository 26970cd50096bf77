import { expect } from "chai";
import { processBatch } from "../../../worker/batch/batch.ts";
import { createImageTimes } from "../../../worker/batch/image-times.ts";
import { Failure } from "../../../worker/failure.ts";
import { aBatch, fail, failedIds, RENDERED } from "../../support/a-batch.ts";
import { aRecord, s3Event } from "../../support/records.ts";

describe("processBatch", () => {
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
      expect(line?.stack).to.include("failures.test.ts");
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
});
