import { expect } from "chai";
import { Failure } from "../../../worker/failure.ts";
import { createMemoryBudget } from "../../../worker/isolation/memory-budget.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import type { OpenObject } from "../../../worker/reconcile/store.ts";
import { expectAgreement } from "../../support/check-set.ts";
import { hooked, type StoreRequest } from "../../support/hooked-store.ts";
import { rejection } from "../../support/rejection.ts";
import { aRecipe, aWorld } from "../../support/small-world.ts";

const KEY = "photos/cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };

async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  const error = await rejection(promise);
  expect(error).to.be.instanceOf(Failure);
  return error as Failure;
}

describe("reconcile", () => {
  it("makes the set of a new source, and the manifest last", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    const written: string[] = [];
    const log = ({ operation, key }: StoreRequest) => operation === "put" && written.push(key);

    const outcome = await reconcile(trusting, { ...world, destination: hooked(world.destination, log) });

    expect(outcome).to.include({ event: "rendered", renditions: 3, bytesIn: 2 });
    expect(written.at(-1)).to.equal(`${KEY}/manifest.json`);
    expectAgreement(world, KEY);
  });

  it("writes what readers need beside the bytes", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");

    await reconcile(trusting, world);

    const stored = world.destination.contents.get(`${KEY}/small.webp`);
    expect(stored?.options).to.deep.include({
      contentType: "image/webp",
      cacheControl: "public, max-age=300, must-revalidate",
    });
    expect(stored?.metadata["darkroom-source-etag"]).to.equal(world.source.contents.get(KEY)?.etag);
  });

  it("does not touch a set that agrees already", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.destination.writes = 0;

    expect(await reconcile(trusting, world)).to.deep.equal({ event: "unchanged" });
    expect(await reconcile(careful, world)).to.deep.equal({ event: "unchanged" });

    expect(world.destination.writes).to.equal(0);
  });

  it("needs two requests to find a set unchanged, and no download", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    const requests: string[] = [];
    const log = ({ operation, key }: StoreRequest) => requests.push(`${operation} ${key}`);

    await reconcile(trusting, {
      ...world,
      source: hooked(world.source, log),
      destination: hooked(world.destination, log),
    });

    expect(requests).to.deep.equal([`get ${KEY}/manifest.json`, `get ${KEY}`]);
  });

  it("replaces the set when the source is overwritten", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.set(KEY, "v2");

    const outcome = await reconcile(trusting, world);

    expect(outcome.event).to.equal("rendered");
    expectAgreement(world, KEY);
  });

  it("removes the set of a removed source", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.remove(KEY);

    expect(await reconcile(trusting, world)).to.deep.equal({ event: "removed", renditions: 3 });

    expect(world.destination.keys()).to.deep.equal([]);
  });

  it("removes renditions that no manifest lists, of whatever recipe, but nothing of others", async () => {
    const world = aWorld();
    world.destination.set(`${KEY}/medium.avif`, "left by a worker that died");
    world.destination.set(`${KEY}/notes.txt`, "not ours");
    world.destination.set(`${KEY}/inner.jpg/small.webp`, "of the source photos/cat.jpg/inner.jpg");

    expect(await reconcile(trusting, world)).to.deep.equal({ event: "removed", renditions: 1 });

    expect(world.destination.keys()).to.deep.equal([`${KEY}/inner.jpg/small.webp`, `${KEY}/notes.txt`]);
  });

  it("has nothing to do when neither source nor renditions exist", async () => {
    expect(await reconcile(trusting, aWorld())).to.deep.equal({ event: "ignored", code: "SOURCE_GONE" });
  });

  it("keeps the renditions of a removed source when told so", async () => {
    const world = aWorld({ recipe: aRecipe({ removeWithSource: false }) });
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.source.remove(KEY);

    expect(await reconcile(careful, world)).to.deep.equal({ event: "ignored", code: "SOURCE_GONE" });

    expect(world.destination.keys()).to.have.length(4);
  });

  it("replaces a manifest it cannot read", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    world.destination.set(`${KEY}/manifest.json`, '{"version":99}');

    await reconcile(trusting, world);

    expectAgreement(world, KEY);
  });

  it("refuses a key whose renditions S3 could not name, before reading the source", async () => {
    const world = aWorld();
    const long = `${"ä".repeat(508)}.jpg`; // 1,020 bytes
    world.source.set(long, "v1");

    const failure = await failureOf(reconcile({ key: long, careful: false }, world));

    expect(failure.code).to.equal("KEY_TOO_LONG");
    expect(failure.message).to.include("1034 bytes");
  });

  it("has nothing to do for such a key when its source is gone", async () => {
    const outcome = await reconcile({ key: "x".repeat(1024), careful: false }, aWorld());

    expect(outcome).to.deep.equal({ event: "ignored", code: "SOURCE_GONE" });
  });

  it("refuses a source over the byte limit without reading it", async () => {
    const world = aWorld({ recipe: aRecipe({ limits: { maxBytes: 10 } }) });
    world.source.set(KEY, "eleven bytes");
    let isDiscarded = false;
    const source = {
      ...hooked(world.source, () => {}),
      get: async () => ({
        etag: "e",
        bytes: 11,
        metadata: {},
        modified: "",
        read: () => Promise.reject(new Error("was read")),
        discard: () => {
          isDiscarded = true;
        },
      }),
    };

    const failure = await failureOf(reconcile(trusting, { ...world, source }));

    expect(failure.code).to.equal("TOO_MANY_BYTES");
    expect(isDiscarded).to.equal(true);
  });

  it("takes a download that is too short for a network failure, never for a bad image", async () => {
    const world = aWorld();
    const read = async () => Buffer.from("corrupt: cut");
    const short = { etag: "e", bytes: 1000, metadata: {}, modified: "", read, discard: () => {} };
    const source = { ...hooked(world.source, () => {}), get: async () => short };

    const failure = await failureOf(reconcile(trusting, { ...world, source }));

    expect(failure.code).to.equal("NETWORK");
  });

  it("takes a manifest that is too short for a network failure, never for none", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.destination.writes = 0;
    const { bytes } = (await world.destination.get(`${KEY}/manifest.json`)) as OpenObject;
    const short = {
      etag: "e",
      bytes,
      metadata: {},
      modified: "",
      read: async () => Buffer.from("{"),
      discard: () => {},
    };
    const destination = { ...hooked(world.destination, () => {}), get: async () => short };

    const failure = await failureOf(reconcile(trusting, { ...world, destination }));

    expect(failure.code).to.equal("NETWORK");
    expect(world.destination.writes).to.equal(0);
  });

  it("leaves the standing set alone when the new source is refused", async () => {
    const world = aWorld();
    world.source.set(KEY, "v1");
    await reconcile(trusting, world);
    world.destination.writes = 0;
    world.source.set(KEY, "corrupt");

    const failure = await failureOf(reconcile(trusting, world));

    expect(failure.code).to.equal("CORRUPT");
    expect(world.destination.writes).to.equal(0);
  });

  it("gives up for now when the source changes on every attempt", async () => {
    const world = aWorld();
    let version = 0;
    const overwrite = ({ operation }: StoreRequest) => {
      if (operation !== "put") return;
      version += 1;
      world.source.set(KEY, `v${version}`);
    };
    world.source.set(KEY, "v0");

    const failure = await failureOf(
      reconcile(trusting, { ...world, destination: hooked(world.destination, overwrite) }),
    );

    expect(failure.code).to.equal("CONTENDED");
    expect(version, "writes before it gave up").to.be.at.most(5 * 4);
    await reconcile(careful, world);
    expectAgreement(world, KEY);
  });

  it("does not render what waited for memory until the time was over", async () => {
    const controller = new AbortController();
    const world = aWorld({ memory: createMemoryBudget(1), signal: controller.signal });
    world.source.set(KEY, "v1");
    const busy = Promise.withResolvers<void>();
    const other = world.memory.run(1, () => busy.promise);
    const waiting = reconcile(trusting, { ...world, render: () => Promise.reject(new Error("rendered")) });

    controller.abort(new Failure("OUT_OF_TIME", "over"));
    busy.resolve();
    await other;

    expect((await failureOf(waiting)).code).to.equal("OUT_OF_TIME");
  });
});
