// When an outcome is told, and what becomes of it when it cannot be.
import { expect } from "chai";
import { Failure } from "../../../worker/failure.ts";
import { Untold } from "../../../worker/outcomes/untold.ts";
import { type Job, reconcile } from "../../../worker/reconcile/reconcile.ts";
import type { World } from "../../../worker/reconcile/world.ts";
import { MemoryListeners } from "../../support/memory-listeners.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const first: Job = { key: KEY, careful: false };
const again: Job = { key: KEY, careful: true };

/** The clock moves at every look. */
function aToldWorld(fields: Partial<World> = {}) {
  const listeners = new MemoryListeners();
  let nowMs = Date.UTC(2026, 0, 1);
  const tick = () => {
    nowMs += 1000;
    return nowMs;
  };
  return { ...aWorld({ tell: listeners.tell, nowMs: tick, ...fields }), listeners };
}

const etagIn = ({ source, listeners }: ReturnType<typeof aToldWorld>) => ({
  there: source.contents.get(KEY)?.etag,
  told: listeners.items.get(KEY)?.sourceEtag,
});

describe("an outcome", () => {
  it("is told when the set is there, with what a reader wants to know", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1", { "upload-batch": "monday" });
    world.listeners.before = () => expect(world.destination.keys()).to.include(`${KEY}/manifest.json`);

    await reconcile(first, world);

    const { renditions, ...item } = world.listeners.item(KEY);
    expect(item).to.include({ key: KEY, status: "rendered", uploadBatch: "monday", width: 4000, bytes: 2 });
    expect(renditions).to.deep.include({
      key: `${KEY}/small.webp`,
      variant: "small",
      format: "webp",
      width: 320,
      height: 240,
      bytes: world.destination.text(`${KEY}/small.webp`).length,
    });
    expect(world.listeners.told).to.have.length(1);
    expect(world.listeners.told[0]).to.include({ outcome: "rendered", key: KEY, renditions: 3 });
  });

  it("is told of an upload that changes nothing, with its own batch", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1", { "upload-batch": "monday" });
    await reconcile(first, world);
    world.source.set(KEY, "v1", { "upload-batch": "tuesday" });

    expect(await reconcile(first, world)).to.deep.equal({ event: "unchanged" });
    expect(world.listeners.told.map(({ uploadBatch }) => uploadBatch)).to.deep.equal(["monday", "tuesday"]);
  });

  it("is told of a source that is again what it was, after one that was rejected", async () => {
    const world = aToldWorld();
    for (const content of ["v1", "corrupt", "v1"]) {
      world.source.set(KEY, content);
      await reconcile(first, world).catch(() => undefined);
    }

    expect(world.listeners.outcomes).to.deep.equal(["rendered", "rejected", "rendered"]);
    expect(world.listeners.item(KEY)).to.include({ status: "rendered" });
  });

  it("costs no request where nobody listens", async () => {
    const world = aToldWorld({ tell: undefined });
    world.source.set(KEY, "v1");
    await reconcile(first, world);
    world.source.head = () => {
      throw new Error("Expected no request.");
    };

    expect(await reconcile(first, world)).to.deep.equal({ event: "unchanged" });
  });

  it("is told again when its message was received before: whoever had it may have died", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1", { "upload-batch": "monday" });
    await reconcile(first, { ...world, tell: undefined });
    const { writes } = world.destination;

    expect(await reconcile(again, world)).to.deep.equal({ event: "unchanged" });

    expect(world.listeners.told).to.have.length(1);
    expect(world.listeners.items.get(KEY)).to.include({ status: "rendered", uploadBatch: "monday" });
    expect(world.destination.writes).to.equal(writes);
  });

  it("is told once where two looks are normal, because a recipe changed", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1");
    await reconcile(first, world);
    const recipe = aRecipe({ variants: [{ name: "small", width: 320, formats: ["webp"] }] });

    await reconcile(first, { ...world, recipe });

    expect(world.listeners.told.map(({ renditions }) => renditions)).to.deep.equal([3, 1]);
  });

  it("is told of a removal, also when somebody else removed the set and died", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1");
    await reconcile(first, world);
    world.source.remove(KEY);

    expect(await reconcile(first, world)).to.include({ event: "removed" });
    expect(await reconcile(first, world)).to.include({ code: "SOURCE_GONE" });

    expect(world.listeners.outcomes).to.deep.equal(["rendered", "removed", "removed"]);
    const { status, renditions, expiresAt } = world.listeners.item(KEY);
    expect([status, renditions]).to.deep.equal(["removed", undefined]);
    expect(expiresAt).to.equal(Date.UTC(2026, 0, 31) / 1000);
  });

  it("is not told when the source is gone and its set stays", async () => {
    const world = aToldWorld({ recipe: aRecipe({ removeWithSource: false }) });
    world.source.set(KEY, "v1");
    await reconcile(first, world);
    world.source.remove(KEY);

    expect(await reconcile(again, world)).to.include({ code: "SOURCE_GONE" });
    expect(world.listeners.outcomes).to.deep.equal(["rendered"]);
  });

  it("is told of a rejection, with its reason, before it is thrown", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "corrupt", { "upload-batch": "monday" });

    const error = await rejection(reconcile(first, world));

    expect(error).to.include({ code: "CORRUPT" }).and.not.be.instanceOf(Untold);
    const item = { status: "rejected", reason: "CORRUPT", reasonMessage: "The image is damaged." };
    expect(world.listeners.items.get(KEY)).to.include({ ...item, uploadBatch: "monday" });
    expect(world.listeners.messages[0]?.attributes).to.deep.equal({
      outcome: "rejected",
      key: KEY,
      reason: "CORRUPT",
    });
  });

  it("is told of a key that is too long, and of its removal", async () => {
    const world = aToldWorld();
    const key = "x".repeat(1020);
    world.source.set(key, "v1");

    expect(await rejection(reconcile({ ...first, key }, world))).to.include({ code: "KEY_TOO_LONG" });
    world.source.remove(key);
    await reconcile({ ...first, key }, world);

    expect(world.listeners.outcomes).to.deep.equal(["rejected", "removed"]);
  });

  it("is not told of what may still succeed", async () => {
    const render = () => Promise.reject(new Failure("NETWORK", "away"));
    const world = aToldWorld({ render });
    world.source.set(KEY, "v1");

    expect(await rejection(reconcile(first, world))).to.include({ code: "NETWORK" });
    expect(world.listeners.told).to.be.empty;
  });
});

describe("an outcome that cannot be told", () => {
  for (const listener of ["catalog", "topic"] as const) {
    it(`is a failure of the ${listener}'s code; the set stands, and is not rendered again`, async () => {
      const world = aToldWorld();
      let renderings = 0;
      const render: World["render"] = (...asked) => {
        renderings += 1;
        return aWorld().render(...asked);
      };
      world.source.set(KEY, "v1");
      world.listeners.fails[listener] = "THROTTLED";

      const error = await rejection(reconcile(first, { ...world, render }));
      world.listeners.fails = {};
      const outcome = await reconcile(again, { ...world, render });

      expect(error).to.be.instanceOf(Untold).and.include({ code: "THROTTLED" });
      expect(error.message).to.equal(`It is rendered, but that could not be told: The ${listener} is away.`);
      expect(world.listeners.lines).to.deep.equal([
        { event: "untold", key: KEY, code: "THROTTLED", message: `The ${listener} is away.` },
      ]);
      expect([outcome.event, renderings]).to.deep.equal(["unchanged", 1]);
      expect(world.listeners.outcomes).to.deep.equal(["rendered"]);
    });
  }

  it("keeps a rejected image from the dead letters until it can", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "corrupt");
    world.listeners.fails.topic = "ACCESS_DENIED";

    const error = await rejection(reconcile(first, world));

    expect(error).to.include({ code: "ACCESS_DENIED", disposition: "retry" });
    expect(error.message).to.equal(
      "It is rejected (CORRUPT), but that could not be told: The topic is away.",
    );
  });
});

describe("an outcome that is no longer true", () => {
  it("is told anew by whoever told it, however it came about", async () => {
    for (const [now, outcome] of [
      ["v2", "rendered"],
      ["corrupt", "rejected"],
      [undefined, "removed"],
    ] as const) {
      for (const before of ["v1", "corrupt too", undefined]) {
        const world = aToldWorld();
        if (before !== undefined) world.source.set(KEY, before);
        let isChanged = false;
        // Right after the look it rests on: nobody else will hear of it from this worker.
        world.listeners.before = () => {
          if (isChanged) return;
          isChanged = true;
          if (now === undefined) world.source.remove(KEY);
          else world.source.set(KEY, now);
        };

        const done = reconcile(first, world);
        if (outcome === "rejected") await rejection(done);
        else await done;

        expect(world.listeners.items.get(KEY)?.status, `${before} → ${now}`).to.equal(outcome);
        const { there, told } = etagIn(world);
        expect(told).to.equal(there);
      }
    }
  });

  it("is told anew by whoever only repeated it", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1");
    await reconcile(first, { ...world, tell: undefined });
    world.listeners.before = ({ sourceEtag }) => {
      if (sourceEtag === world.source.contents.get(KEY)?.etag) world.source.set(KEY, "v2");
      world.listeners.before = () => undefined;
    };

    await reconcile(again, world);

    expect(world.listeners.outcomes).to.deep.equal(["rendered", "rendered"]);
    expect(etagIn(world).told).to.equal(etagIn(world).there);
  });

  it("is refused when it comes late, and the newest is told", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1");
    let isLate = false;
    world.listeners.before = async () => {
      if (isLate) return;
      isLate = true;
      world.source.set(KEY, "v2");
      await reconcile(first, world);
    };

    await reconcile(first, world);

    expect(etagIn(world).told).to.equal(etagIn(world).there);
    expect(world.listeners.told.filter(({ sourceEtag }) => sourceEtag !== etagIn(world).there)).to.be.empty;
  });

  it("is not what the catalog has, though its clock was ahead: the newest is told as soon as time has passed it", async () => {
    const world = aToldWorld();
    world.source.set(KEY, "v1");
    let aheadMs = Date.UTC(2026, 0, 1, 0, 0, 3);
    await reconcile(first, { ...world, nowMs: () => aheadMs });
    world.source.set(KEY, "v2");

    await reconcile(first, world);
    expect(etagIn(world).told).to.equal(etagIn(world).there);

    aheadMs = Date.UTC(2027, 0, 1);
    await reconcile(again, { ...world, nowMs: () => aheadMs });
    world.source.set(KEY, "v3");
    expect(await rejection(reconcile(first, world))).to.include({ code: "CONTENDED" });
  });
});
