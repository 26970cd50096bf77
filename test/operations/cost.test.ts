import { expect } from "chai";
import { type Cost, costOf, costPerMillion, monthlyIdleCost } from "../../operations/cost.ts";
import { PRICES } from "../../operations/prices.ts";
import { parseSettings } from "../../settings/settings.ts";
import { declareDarkroom } from "../infra/a-darkroom.ts";

const usdOf = ({ items }: Cost) => Object.fromEntries(items.map(({ item, usd }) => [item, usd]));

describe("the cost", () => {
  const facts = { memoryMiB: 1769, architecture: "arm64" } as const;
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
