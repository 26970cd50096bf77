import { expect } from "chai";
import fc from "fast-check";
import { processBatch } from "../../../worker/batch/batch.ts";
import { aBatch, fail, failedIds, RENDERED } from "../../support/a-batch.ts";
import { aRecord, s3Event, s3Record } from "../../support/records.ts";

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
