import { expect } from "chai";
import { processBatch } from "../../../worker/batch/batch.ts";
import type { Outcome } from "../../../worker/reconcile/outcome.ts";
import { aBatch, fail, failedIds, RENDERED, type TestBatch } from "../../support/a-batch.ts";
import { aRecord } from "../../support/records.ts";

describe("processBatch", () => {
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
});
