// What one image asks of AWS, counted with the default recipe, and what a million of them cost for it. The table in
// docs/architecture.md must say the same.
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { parseRecipe } from "../../../settings/settings.ts";
import { processBatch } from "../../../worker/batch/batch.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { aBatch } from "../../support/a-batch.ts";
import { hooked, type StoreRequest } from "../../support/hooked-store.ts";
import { aRecord } from "../../support/records.ts";
import { aWorld, type SmallWorld } from "../../support/small-world.ts";

/** As many as a batch has by default. */
const KEYS = Array.from({ length: 10 }, (_, index) => `${index}.jpg`);
const OPERATIONS = ["get", "head", "list", "put", "delete"] as const;

/** Dollars per request in us-east-1, as of November 2026. DELETE is free. */
const PRICES = { get: 0.4e-6, head: 0.4e-6, list: 5e-6, put: 5e-6, delete: 0, sqs: 0.4e-6 };
/** Sent once by S3; received, and in the end deleted, by Lambda, ten at a time. */
const QUEUE_REQUESTS = 1 + 2 / KEYS.length;

interface Kind {
  name: string;
  before(world: SmallWorld, key: string): unknown;
}

const upload = (text: string) => (world: SmallWorld, key: string) => world.source.set(key, text);
const render = async (world: SmallWorld, key: string) => {
  upload("v1")(world, key);
  await reconcile({ key, careful: false }, world);
};

const KINDS: Kind[] = [
  { name: "new upload", before: upload("v1") },
  { name: "duplicate", before: render },
  {
    name: "overwrite",
    before: async (world, key) => {
      await render(world, key);
      upload("v2")(world, key);
    },
  },
  {
    name: "removal",
    before: async (world, key) => {
      await render(world, key);
      world.source.remove(key);
    },
  },
  { name: "rejected", before: upload("corrupt") },
];

describe("the requests of one image", () => {
  const page = readFileSync(new URL("../../../docs/architecture.md", import.meta.url), "utf8");

  for (const { name, before } of KINDS) {
    it(`are as the architecture page says: ${name}`, async () => {
      const world = aWorld({ recipe: parseRecipe("{}", "recipe") });
      for (const key of KEYS) await before(world, key);
      const counts = { get: 0, head: 0, list: 0, put: 0, delete: 0 };
      const count = ({ operation }: StoreRequest) => {
        counts[operation] += 1 / KEYS.length;
      };
      const watched = {
        ...world,
        source: hooked(world.source, count),
        destination: hooked(world.destination, count),
      };
      const batch = aBatch();

      await processBatch(
        KEYS.map((key) => aRecord({ keys: [key] })),
        { ...batch, reconcile: (job) => reconcile(job, watched) },
      );

      const asked = OPERATIONS.map((operation) => Math.round(counts[operation] * 10) / 10);
      const sent = batch.queue.deadLetters.length / KEYS.length;
      const deleted = batch.queue.deleted.length / KEYS.length;
      const s3 = OPERATIONS.reduce((sum, operation) => sum + counts[operation] * PRICES[operation], 0);
      const dollars = (1e6 * (s3 + (QUEUE_REQUESTS + sent + deleted) * PRICES.sqs)).toFixed(2);
      const cells = [name, ...asked, (QUEUE_REQUESTS + sent + deleted).toFixed(1), dollars];
      expect(page).to.include(`| ${cells.join(" | ")} |`);
    });
  }
});
