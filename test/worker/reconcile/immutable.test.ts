// Immutable renditions: a folder per revision, which nobody but the manifest knows.
import { expect } from "chai";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { expectAgreement } from "../../support/check-set.ts";
import { hooked, type StoreRequest } from "../../support/hooked-store.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe, aWorld, type SmallWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };
const REVISION = /^photos\/cat\.jpg\/[0-9a-f]{16}\/(large\.webp|large\.jpeg|small\.webp)$/;

async function aSet(fields: Record<string, unknown> = {}): Promise<SmallWorld> {
  const world = aWorld({ recipe: aRecipe({ immutable: true, ...fields }) });
  world.source.set(KEY, "v1");
  await reconcile(trusting, world);
  return world;
}

function listed({ destination }: SmallWorld): string[] {
  const { renditions } = JSON.parse(destination.text(`${KEY}/manifest.json`));
  return renditions.map(({ key }: { key: string }) => key);
}

describe("immutable renditions", () => {
  it("lie in a folder of their revision and may be cached for ever; the manifest may not", async () => {
    const world = await aSet();

    expectAgreement(world, KEY);
    for (const key of listed(world)) {
      expect(key).to.match(REVISION);
      const { options } = world.destination.contents.get(key) ?? {};
      expect(options?.cacheControl).to.equal("public, max-age=31536000, immutable");
    }
    const manifest = world.destination.contents.get(`${KEY}/manifest.json`);
    expect(manifest?.options?.cacheControl).to.equal("public, max-age=300, must-revalidate");
  });

  it("cost two requests and no write when nothing changed", async () => {
    const world = await aSet();
    world.destination.writes = 0;
    const requests: string[] = [];
    const log = ({ operation }: StoreRequest) => requests.push(operation);
    const watched = { source: hooked(world.source, log), destination: hooked(world.destination, log) };

    expect(await reconcile(trusting, { ...world, ...watched })).to.deep.equal({ event: "unchanged" });
    expect(requests).to.deep.equal(["get", "get"]);
    expect(await reconcile(careful, world)).to.deep.equal({ event: "unchanged" });
    expect(world.destination.writes).to.equal(0);
  });

  it("get new keys with a new source, and the old ones go after the new manifest stands", async () => {
    const world = await aSet();
    const before = listed(world);
    world.source.set(KEY, "v2");
    const changes: string[] = [];
    const log = ({ operation, key }: StoreRequest) => {
      if (operation === "put" || operation === "delete") changes.push(`${operation} ${key}`);
    };

    await reconcile(trusting, { ...world, destination: hooked(world.destination, log) });

    expectAgreement(world, KEY);
    expect(listed(world).filter((key) => before.includes(key))).to.deep.equal([]);
    expect(changes[3]).to.equal(`put ${KEY}/manifest.json`);
    expect(changes.slice(4)).to.have.members(before.map((key) => `delete ${key}`));
  });

  it("get new keys even when the source comes back: the old ones may be about to be deleted", async () => {
    const world = await aSet();
    const before = listed(world);
    for (const version of ["v2", "v1"]) {
      world.source.set(KEY, version);
      await reconcile(trusting, world);
    }

    expectAgreement(world, KEY);
    expect(listed(world).filter((key) => before.includes(key))).to.deep.equal([]);
  });

  it("keep their keys where only other variants changed", async () => {
    const world = await aSet();
    const before = listed(world);
    const large = { name: "large", width: 1920, formats: ["webp", "jpeg"] };
    const smaller = { name: "small", width: 160, formats: ["webp"] };
    world.recipe = aRecipe({ immutable: true, variants: [large, smaller] });

    await reconcile(trusting, world);

    expectAgreement(world, KEY);
    const kept = listed(world).filter((key) => before.includes(key));
    expect(kept.map((key) => key.split("/").at(-1))).to.have.members(["large.jpeg", "large.webp"]);
  });

  for (const immutable of [true, false]) {
    it(`are ${immutable ? "made" : "undone"} when the setting changes`, async () => {
      const world = await aSet({ immutable: !immutable });
      world.recipe = aRecipe({ immutable });

      await reconcile(trusting, world);

      expectAgreement(world, KEY);
      for (const key of listed(world)) expect(REVISION.test(key), key).to.equal(immutable);
      expect(await reconcile(careful, world)).to.deep.equal({ event: "unchanged" });
    });
  }

  it("are deleted by a careful look when no manifest lists them", async () => {
    const world = await aSet();
    world.destination.set(`${KEY}/0123456789abcdef/large.webp`, "left by a worker that died");

    await reconcile(careful, world);

    expectAgreement(world, KEY);
  });

  it("are rendered again, under new keys, when they were damaged or lost", async () => {
    const world = await aSet();
    const [damaged = "", lost = ""] = listed(world);
    world.destination.set(damaged, "damaged");
    world.destination.remove(lost);

    await reconcile(careful, world);

    expectAgreement(world, KEY);
    expect(listed(world)).to.not.include(damaged);
  });

  it("are removed with their source, listed or not, and nothing of others is", async () => {
    const world = await aSet();
    world.destination.set(`${KEY}/0123456789abcdef/large.webp`, "left by a worker that died");
    const others = [
      `${KEY}/fedcba9876543210/large.webp`, // of the source photos/cat.jpg/fedcba9876543210,
      `${KEY}/fedcba9876543210/manifest.json`, // which has a manifest
      `${KEY}/inner.jpg/0123456789abcdef/small.webp`,
      `${KEY}/notes.txt`,
    ];
    for (const key of others) world.destination.set(key, "not ours");
    world.source.remove(KEY);

    expect(await reconcile(trusting, world)).to.deep.equal({ event: "removed", renditions: 4 });

    expect(world.destination.keys()).to.deep.equal(others.toSorted());
  });

  it("are removed with their source even when the setting has changed since", async () => {
    const world = await aSet();
    world.recipe = aRecipe();
    world.source.remove(KEY);

    expect(await reconcile(trusting, world)).to.deep.equal({ event: "removed", renditions: 3 });

    expect(world.destination.keys()).to.deep.equal([]);
  });

  it("are refused where their longer keys are too long for S3", async () => {
    const longest = "/0123456789abcdef/large.webp".length;
    const fits = "x".repeat(1024 - longest);
    const world = await aSet();
    for (const key of [fits, `${fits}x`]) world.source.set(key, "v1");

    expect((await reconcile({ key: fits, careful: false }, world)).event).to.equal("rendered");
    const error = await rejection(reconcile({ key: `${fits}x`, careful: false }, world));
    expect(error).to.have.property("code", "KEY_TOO_LONG");
  });
});
