// The traps that the design names, each as it would spring.
import { expect } from "chai";
import { processBatch } from "../../../worker/batch/batch.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { aBatch } from "../../support/a-batch.ts";
import { expectAgreement } from "../../support/check-set.ts";
import { type Hook, hooked, pauseAt, type StoreRequest } from "../../support/hooked-store.ts";
import { aRecord } from "../../support/records.ts";
import { aRecipe, aWorld, type SmallWorld } from "../../support/small-world.ts";

const KEY = "cat.jpg";
const trusting = { key: KEY, careful: false };
const careful = { key: KEY, careful: true };

for (const immutable of [false, true]) {
  const aTrapped = () => aWorld({ recipe: aRecipe({ immutable }) });

  describe(`the traps${immutable ? ", with immutable renditions" : ""}`, () => {
    it("(a) ABA: a frozen writer's condition holds again when the source is reverted to earlier bytes", async () => {
      const world = aTrapped();
      world.source.set(KEY, "v1");
      await reconcile(trusting, world);
      world.source.set(KEY, "v2");
      const pause = pauseAt(({ operation }) => operation === "put");
      const frozen = dieBefore(({ key }) => key.endsWith("manifest.json"), world, pause.hook);
      await pause.reached;
      world.source.set(KEY, "v1");
      expect(await reconcile(trusting, world)).to.deep.equal({ event: "unchanged" });
      const { writes } = world.destination;

      pause.release();
      await frozen;

      expect(world.destination.writes, "its condition held").to.equal(writes + 1);
      expect(await reconcile(trusting, world), "on trust, nothing is wrong").to.deep.equal({
        event: "unchanged",
      });
      await reconcile(careful, world);
      expectAgreement(world, KEY);
    });

    it("(b) a worker died between a first rendition and the manifest, and the source is gone", async () => {
      const world = aTrapped();
      world.source.set(KEY, "v1");
      await dieBefore(({ key }) => key.endsWith("manifest.json"), world);
      expect(world.destination.keys()).to.have.length(3);
      world.source.remove(KEY);

      await reconcile(careful, world);

      expect(world.destination.keys()).to.deep.equal([]);
    });

    it("(c) a redriven message has a new id and a new enqueue time, and is the same news", async () => {
      const world = aTrapped();
      world.source.set(KEY, "v1");
      const batch = aBatch();
      const deliver = (facts: Parameters<typeof aRecord>[0]) =>
        processBatch([aRecord({ keys: [KEY], ...facts })], {
          ...batch,
          reconcile: (job) => reconcile(job, world),
        });
      await deliver({ id: "first" });
      const { writes } = world.destination;

      await deliver({ id: "another", attributes: { RedriveCount: "1" } });

      expect(batch.lines.filter(({ key }) => key).map(({ event }) => event)).to.deep.equal([
        "rendered",
        "unchanged",
      ]);
      expect(world.destination.writes).to.equal(writes);
    });

    it("(d) two writes within the same second: only what is there decides, no time does", async () => {
      const world = aTrapped();
      for (const version of ["v1", "v2", "v1", "v3"]) {
        world.source.set(KEY, version);
        await reconcile(trusting, world);
        expectAgreement(world, KEY);
      }
    });
  });
}

async function dieBefore(
  isFatal: (request: StoreRequest) => boolean,
  world: SmallWorld,
  before: Hook = () => {},
): Promise<void> {
  const die = async (request: StoreRequest) => {
    await before(request);
    if (request.operation === "put" && isFatal(request)) throw new Error("The worker died.");
  };
  await reconcile(trusting, { ...world, destination: hooked(world.destination, die) }).catch(() => {});
}
