import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect } from "chai";
import { type Cost, costOf, costPerMillion, monthlyIdleCost } from "../../../operations/estimate/cost.ts";
import { PRICES } from "../../../operations/estimate/prices.ts";
import { recipeOf } from "../../../settings/recipe.ts";
import { parseSettings } from "../../../settings/settings.ts";
import { catalogItem } from "../../../worker/outcomes/catalog-item.ts";
import { reconcile } from "../../../worker/reconcile/reconcile.ts";
import { declareDarkroom } from "../../infra/a-darkroom.ts";
import { aWorld } from "../../support/small-world.ts";

const usdOf = ({ items }: Cost) => Object.fromEntries(items.map(({ item, usd }) => [item, usd]));

const SOURCE = {
  etag: "d41d8cd98f00b204e9800998ecf8427e",
  bytes: 4_123_456,
  versionId: "3sL4kqtJlcpXroDTDmJ",
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemBytes(item: Record<string, AttributeValue>, each = 0): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value) + each,
    0,
  );
}

function valueBytes({ S, N, L, M }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  if (L !== undefined) return L.reduce((sum, value) => sum + valueBytes(value) + 1, 3);
  return M === undefined ? 1 : itemBytes(M, 1) + 3;
}

describe("the cost", () => {
  const facts = {
    ...({ memoryMiB: 1769, architecture: "arm64" } as const),
    tells: { catalog: false, events: false },
  };
  const work = { seconds: 0.5, renditions: 3 };
  const batches = { images: 1_000_000, imagesPerBatch: 10, secondsPerBatch: 5 };

  it("is what the price list says: a million images, three renditions each, half a second", () => {
    const cost = costOf({ batches, work, facts });

    const expected = {
      "Lambda time": 500_000 * (1769 / 1024) * 0.0000133334,
      "Lambda requests": 0.02,
      "SQS requests": 2.2 * 0.4,
      "S3 reads": 3 * 0.4,
      "S3 writes": 4 * 5,
      Logs: 0.4 * 0.5,
    };
    const found = usdOf(cost);
    expect(Object.keys(found)).to.deep.equal(Object.keys(expected));
    for (const [item, usd] of Object.entries(expected)) expect(found[item], item).to.be.closeTo(usd, 1e-9);
    expect(cost.total).to.be.closeTo(
      Object.values(expected).reduce((sum, usd) => sum + usd, 0),
      1e-9,
    );
  });

  it("is less when several images share a message", () => {
    const shared = costOf({ batches, work, facts, imagesPerMessage: 10 });

    expect(usdOf(shared)["SQS requests"]).to.be.closeTo(0.4 * 0.4, 1e-9);
  });

  it("of a million follows the settings: the CPU, and how many renditions there are", () => {
    const arm = costPerMillion(parseSettings({}));
    const intel = costPerMillion(parseSettings({ architecture: "x86_64" }));
    const small = costPerMillion(
      parseSettings({ variants: [{ name: "small", width: 320, formats: ["webp"] }] }),
    );
    const measured = costPerMillion(parseSettings({}), { megapixels: 12, seconds: 2 });

    expect(usdOf(intel)["Lambda time"]).to.be.closeTo(
      ((usdOf(arm)["Lambda time"] ?? 0) * PRICES.lambdaX86.usd) / PRICES.lambdaArm64.usd,
      1e-9,
    );
    expect(usdOf(arm)["S3 writes"]).to.be.closeTo(50, 1e-9);
    expect(usdOf(small)["S3 writes"]).to.be.closeTo(10, 1e-9);
    expect(usdOf(measured)["Lambda time"]).to.be.closeTo(2e6 * (1769 / 1024) * 0.0000133334, 1e-6);
  });

  it("of a million has the catalog and the events where there are any", () => {
    const both = costPerMillion(parseSettings({ catalog: true, events: true }));
    const none = costPerMillion(parseSettings({}));

    // Nine renditions: an item of two units, and its entry in the index.
    expect(usdOf(both)["Catalog writes"]).to.be.closeTo(3 * 0.625, 1e-9);
    expect(usdOf(both).Events).to.be.closeTo(0.5, 1e-9);
    expect(both.total - none.total).to.be.closeTo(3 * 0.625 + 0.5, 1e-9);
    expect(usdOf(none)).not.to.have.any.keys("Catalog writes", "Events");
  });

  for (const variants of [undefined, [{ name: "medium", width: 320, formats: ["avif", "webp", "jpeg"] }]]) {
    it(`takes the catalog's items for as large as the worker's: ${variants ? 3 : 9} renditions`, async () => {
      const key = "shop/2026/11/24/IMG_20261124_120000.jpg";
      const settings = parseSettings(variants ? { variants, catalog: true } : { catalog: true });
      const world = aWorld({ recipe: recipeOf(settings) });
      world.source.set(key, "v1");
      await reconcile({ key, careful: false }, world);
      const manifest = JSON.parse(world.destination.text(`${key}/manifest.json`));
      const source = { ...SOURCE, modified: "2026-11-24T12:00:00.000Z", metadata: {} };
      const item = catalogItem({ key, seenMs: 0, outcome: "rendered", source, manifest }, "1.2.3", 1);

      const units = Math.ceil(itemBytes(marshall(item, { removeUndefinedValues: true })) / 1024);
      const { items } = costPerMillion(settings);
      expect(items.find((each) => each.item === "Catalog writes")?.quantity).to.equal(1e6 * (units + 1));
    });
  }

  it("of a month at rest is that of looks, alarms and pollers", () => {
    const two = monthlyIdleCost(parseSettings({}));
    const one = monthlyIdleCost(parseSettings({ backfill: false }));
    const provisioned = monthlyIdleCost(
      parseSettings({ provisionedPollers: { minimum: 2, maximum: 10 }, reserveConcurrency: false }),
    );

    // Two lanes of five pollers, three looks a minute each, for thirty days.
    expect(usdOf(two)["SQS polls"]).to.be.closeTo(1_296_000 * 0.4e-6, 1e-9);
    expect(usdOf(one)["SQS polls"]).to.be.closeTo(648_000 * 0.4e-6, 1e-9);
    expect(usdOf(provisioned)["Provisioned pollers"]).to.be.closeTo(2 * 720 * 0.00925, 1e-9);
  });

  for (const backfill of [true, false]) {
    it(`counts the metrics of the alarms that there are, ${backfill ? "with" : "without"} a second lane`, async () => {
      const run = await declareDarkroom({ backfill });
      const metrics = run
        .of("aws:cloudwatch/metricAlarm:MetricAlarm")
        .map(({ inputs }) =>
          (inputs.metricQueries ?? [{ metric: true }]).filter(({ metric }: { metric?: unknown }) => metric),
        );

      const { items } = monthlyIdleCost(parseSettings({ backfill }));

      expect(items.find(({ item }) => item === "Alarms")?.quantity).to.equal(metrics.flat().length);
    });
  }
});
