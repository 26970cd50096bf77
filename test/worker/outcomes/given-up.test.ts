// Images that might have succeeded later, and get no later: told when their dead letter is there.
import { expect } from "chai";
import { processBatch } from "../../../worker/batch/batch.ts";
import { Failure } from "../../../worker/failure.ts";
import { Untold } from "../../../worker/outcomes/untold.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { aBatch, fail, failedIds, RENDERED } from "../../support/a-batch.ts";
import { MemoryListeners } from "../../support/memory-listeners.ts";
import { aRecord } from "../../support/records.ts";
import { aWorld } from "../../support/small-world.ts";

describe("an image that is given up", () => {
  let listeners: MemoryListeners;
  const aToldBatch = (reconcile: Parameters<typeof aBatch>[1]) =>
    aBatch({ tellGivenUp: listeners.tell }, reconcile);
  const told = () => listeners.told.map(({ outcome, key, reason }) => [outcome, key, reason]);

  beforeEach(() => {
    listeners = new MemoryListeners();
  });

  it("is told on its last receive, after its dead letter is there; its neighbour in the message is not", async () => {
    const batch = aToldBatch((key) => (key === "good.jpg" ? RENDERED : fail("NETWORK")));
    const sent: number[] = [];
    listeners.before = () => void sent.push(batch.queue.deadLetters.length);

    const record = aRecord({ keys: ["good.jpg", "lost.jpg"], receiveCount: 5 });
    expect(await failedIds([record], batch)).to.deep.equal([]);

    expect(told()).to.deep.equal([["rejected", "lost.jpg", "NETWORK"]]);
    expect(sent).to.deep.equal([1]);
  });

  it("is not told while there is a later", async () => {
    const batch = aToldBatch(() => fail("NETWORK"));

    expect(await failedIds([aRecord({ id: "m", receiveCount: 4 })], batch)).to.deep.equal(["m"]);
    expect(told()).to.be.empty;
  });

  it("is not told when the dead-letter queue does not take it", async () => {
    const batch = aToldBatch(() => fail("NETWORK"));
    batch.queue.fails.sending = true;

    expect(await failedIds([aRecord({ id: "m", receiveCount: 5 })], batch)).to.deep.equal(["m"]);
    expect(told()).to.be.empty;
  });

  it("is told for each image of a message that no worker lived to answer", async () => {
    const batch = aToldBatch(() => RENDERED);

    await failedIds([aRecord({ keys: ["a.jpg", "b.jpg"], receiveCount: 6 }), aRecord({ body: "?" })], batch);

    expect(told()).to.deep.equal([
      ["rejected", "a.jpg", "WORKER_DIED"],
      ["rejected", "b.jpg", "WORKER_DIED"],
    ]);
    expect(batch.queue.deadLetters).to.have.length(2);
  });

  it("is acknowledged though nobody could be told: its dead letter says it", async () => {
    listeners.fails.catalog = "THROTTLED";
    const batch = aToldBatch(() => fail("NETWORK"));

    expect(await failedIds([aRecord({ receiveCount: 5 })], batch)).to.deep.equal([]);
    expect(batch.queue.deadLetters.map(({ attributes }) => attributes.ReasonCode)).to.deep.equal(["NETWORK"]);
  });

  it("is not called rejected when its outcome is another, which could not be told", async () => {
    const world = aWorld({ nowMs: () => 0 }); // so that nothing later is outdated
    world.source.set("cat.jpg", "v1");
    listeners.fails.topic = "ACCESS_DENIED";
    const rendered = (key: string) => reconcile({ key, careful: false }, { ...world, tell: listeners.tell });
    const batch = aToldBatch((key) =>
      rendered(key).catch((error) => {
        listeners.fails = {}; // whatever comes now would be heard
        throw error;
      }),
    );

    expect(await failedIds([aRecord({ receiveCount: 5 })], batch)).to.deep.equal([]);
    expect(batch.queue.deadLetters[0]?.attributes).to.include({
      ReasonCode: "ACCESS_DENIED",
      ReasonMessage: "It is rendered, but that could not be told: The topic is away.",
    });
    expect(told()).to.be.empty;
  });

  it("is older news than what another worker saw after it began", async () => {
    const batch = aToldBatch(async (key, clock) => {
      clock.advance(10);
      const item = { key, status: "rendered" as const, statusShard: "", seenAt: "2026-01-01T00:00:00.005Z" };
      await listeners.catalog.put(item);
      clock.advance(10);
      return fail("NETWORK");
    });

    await failedIds([aRecord({ receiveCount: 5 })], batch);

    expect(listeners.items.get("cat.jpg")?.status).to.equal("rendered");
    expect(told()).to.be.empty;
  });
});

describe("a message whose outcome could not be told", () => {
  it("comes back, and is told then; its image is rendered once", async () => {
    const world = aWorld();
    const listeners = new MemoryListeners();
    let renderings = 0;
    const render: typeof world.render = (...asked) => {
      renderings += 1;
      return world.render(...asked);
    };
    world.source.set("cat.jpg", "v1");
    const batch = {
      ...aBatch({ tellGivenUp: listeners.tell }),
      reconcile: (job: Parameters<typeof reconcile>[0]) =>
        reconcile(job, { ...world, render, tell: listeners.tell }),
    };
    listeners.fails.catalog = "STORE_UNAVAILABLE";

    const first = await processBatch([aRecord({ id: "m" })], batch);
    listeners.fails = {};
    const second = await processBatch([aRecord({ id: "m", receiveCount: 2 })], batch);

    expect(first).to.deep.equal({ batchItemFailures: [{ itemIdentifier: "m" }] });
    expect(second).to.deep.equal({ batchItemFailures: [] });
    expect(batch.lines.map(({ event, code }) => [event, code])).to.deep.equal([
      ["retried", "STORE_UNAVAILABLE"],
      ["batch", undefined],
      ["unchanged", undefined],
      ["batch", undefined],
    ]);
    expect([renderings, listeners.outcomes]).to.deep.equal([1, ["rendered"]]);
  });
});

describe("Untold", () => {
  it("keeps what a bug says of itself", () => {
    const bug = new Error("x is no function");
    const failure = new Failure("UNKNOWN", bug.message, { cause: bug });

    expect(new Untold(failure, { outcome: "removed", key: "cat.jpg", seenMs: 0 }).cause).to.equal(bug);
  });
});
