// Two hands on one key, stopped at one moment each. interleaving.test.ts stops them everywhere.
import { expect } from "chai";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { expectAgreement, expectNothingMissing, watched } from "../../support/check-set.ts";
import { hooked, pauseAt, type StoreRequest } from "../../support/hooked-store.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };

describe("a worker whose source was overwritten meanwhile", () => {
  it("leaves the newer set alone", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    const pause = pauseAt(({ operation }) => operation === "put");
    const slow = reconcile(trusting, { ...world, destination: hooked(world.destination, pause.hook) });
    await pause.reached;
    world.source.set(KEY, "v2");
    await reconcile(trusting, world);
    // The other renditions of v1 were written before the pause; nothing may come after it.
    const { writes } = world.destination;

    pause.release();
    await slow;

    expect(world.destination.writes).to.equal(writes);
    expectAgreement(world, KEY);
  });
});

describe("a worker whose source came back while it was about to remove the set", () => {
  it("leaves the new set alone", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.remove(KEY);
    const pause = pauseAt(({ operation }) => operation === "head" || operation === "delete");
    const slow = reconcile(trusting, { ...world, destination: hooked(world.destination, pause.hook) });
    await pause.reached;
    world.source.set(KEY, "v2");
    await reconcile(trusting, world);
    const { writes } = world.destination;

    pause.release();
    await slow;

    expect(world.destination.writes).to.equal(writes);
    expectAgreement(world, KEY);
  });
});

describe("a worker that lost a condition while its source was still the newest", () => {
  it("does not overwrite what is published for a newer one before it tries again", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    const first = pauseAt(({ operation }) => operation === "put");
    const second = pauseAt(({ operation, key }) => operation === "head" && key !== KEY);
    const checked = pauseAt(({ operation, key }) => operation === "head" && key === KEY);
    const slow = reconcile(trusting, {
      ...world,
      source: hooked(world.source, checked.hook),
      destination: hooked(hooked(world.destination, first.hook), second.hook),
    });
    await first.reached;
    world.destination.set(`${KEY}/large.webp`, "of another worker");
    first.release();
    await Promise.race([second.reached, checked.reached]);
    // Whichever of the two it looks at first: the world changes between them.
    const isSourceFirst = await Promise.race([
      second.reached.then(() => false),
      checked.reached.then(() => true),
    ]);
    (isSourceFirst ? checked : second).release();
    await (isSourceFirst ? second : checked).reached;
    world.source.set(KEY, "v2");
    await reconcile(careful, world);
    const { writes } = world.destination;

    (isSourceFirst ? second : checked).release();
    await slow;

    expect(world.destination.writes).to.equal(writes);
    expectAgreement(world, KEY);
  });
});

describe("a worker whose source was removed and uploaded again unchanged before it committed", () => {
  it("makes again what the removal took along", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    const pause = pauseAt(({ operation, key }) => operation === "put" && key.endsWith("/manifest.json"));
    const slow = reconcile(trusting, { ...world, destination: hooked(world.destination, pause.hook) });
    await pause.reached;
    world.source.remove(KEY);
    await reconcile(careful, world);
    world.source.set(KEY, "v1");

    pause.release();
    await slow;

    expectAgreement(world, KEY);
  });
});

describe("a careful look while somebody else commits", () => {
  it("is repeated, because manifest and renditions would not belong together", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.remove(KEY);
    const pause = pauseAt(({ operation }) => operation === "list");
    world.destination.remove(`${KEY}/manifest.json`);
    const { destination } = watched(world, KEY, " (removal)");
    const removing = reconcile(careful, { ...world, destination: hooked(destination, pause.hook) });
    await pause.reached;
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.remove(KEY);

    pause.release();
    await removing;

    expectAgreement(world, KEY);
  });
});

describe("two deliveries of the same news at the same time", () => {
  it("write every object once", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    const pause = pauseAt(({ operation, key }) => operation === "put" && key.endsWith("small.webp"));
    const slow = reconcile(trusting, { ...world, destination: hooked(world.destination, pause.hook) });
    await pause.reached;
    await reconcile(trusting, world);

    pause.release();
    await slow;

    expect(world.destination.writes).to.equal(4);
    expectAgreement(world, KEY);
  });
});

describe("two recipes at one source", () => {
  const before = aRecipe({ variants: [{ name: "large", width: 1920, formats: ["webp"] }] });
  const after = aRecipe();
  const isDelete = ({ operation }: StoreRequest) => operation === "delete";
  const isManifestPut = ({ operation, key }: StoreRequest) => operation === "put" && key.endsWith(".json");

  it("agree when one deletes what the other has come to want", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    const pause = pauseAt(isDelete);
    const destination = hooked(world.destination, pause.hook);
    const pruning = reconcile(trusting, { ...world, recipe: before, destination });
    await pause.reached;
    await reconcile(trusting, { ...world, recipe: after });

    pause.release();
    await pruning;

    expectNothingMissing(world, KEY);
  });

  it("agree when one has taken over what the other deletes", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    const [deleting, committing] = [pauseAt(isDelete), pauseAt(isManifestPut)];
    const pruning = reconcile(trusting, {
      ...world,
      recipe: before,
      destination: hooked(world.destination, deleting.hook),
    });
    await deleting.reached;
    const adopting = reconcile(trusting, {
      ...world,
      recipe: after,
      destination: hooked(world.destination, committing.hook),
    });
    await committing.reached;
    deleting.release();
    await pruning;

    committing.release();
    await adopting;

    expectAgreement(world, KEY);
  });
});
