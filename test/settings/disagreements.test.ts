import { expect } from "chai";
import { parseSettings } from "../../settings/settings.ts";
import { problemsOf } from "./problems-of.ts";

describe("Settings that disagree", () => {
  it("a batch above 10 messages needs a window", () => {
    const problem =
      "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.";
    expect(problemsOf({ batchSize: 10, batchWindowSeconds: 0 })).to.deep.equal([]);
    expect(problemsOf({ batchSize: 11, batchWindowSeconds: 1 })).to.deep.equal([]);
    expect(problemsOf({ batchSize: 11, batchWindowSeconds: 0 })).to.deep.equal([problem]);
  });

  it("fewer messages in flight than SQS allows", () => {
    const inFlight = (batchSize: number, maximumConcurrency: number) =>
      problemsOf({ batchSize, maximumConcurrency, batchWindowSeconds: 1 });
    expect(inFlight(999, 100)).to.deep.equal([]);
    expect(inFlight(1000, 100)).to.deep.equal([
      "Expected fewer than 100000 messages in flight for darkroom:batchSize × maximumConcurrency, but received 100000.",
    ]);
  });

  it("either a maximum concurrency or provisioned pollers", () => {
    const provisionedPollers = { minimum: 2, maximum: 20 };
    expect(problemsOf({ provisionedPollers })).to.deep.equal([]);
    expect(problemsOf({ provisionedPollers, maximumConcurrency: 50 })).to.deep.equal([
      "Expected nothing (provisionedPollers is set) for darkroom:maximumConcurrency, but received 50.",
    ]);
  });

  it("a name of the CDN only with a CDN, and a certificate where CloudFront looks for it", () => {
    const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a-1b";
    const cdnDomain = { name: "img.example.org", certificateArn };
    expect(problemsOf({ cdn: true, cdnDomain })).to.deep.equal([]);
    expect(problemsOf({ cdnDomain })).to.deep.equal([
      'Expected nothing (cdn is off) for darkroom:cdnDomain, but received "img.example.org".',
    ]);
    const elsewhere = certificateArn.replace("us-east-1", "eu-west-1");
    expect(
      problemsOf({ cdn: true, cdnDomain: { name: "https://x", certificateArn: elsewhere } }),
    ).to.deep.equal([
      'Expected a domain name like img.example.org for darkroom:cdnDomain.name, but received "https://x".',
      `Expected the arn of a certificate in us-east-1 for darkroom:cdnDomain.certificateArn, but received "${elsewhere}".`,
    ]);
  });

  it("no fewer pollers at most than at least, and fewer messages in flight than SQS allows", () => {
    const pollers = (minimum: number, maximum: number) =>
      problemsOf({ provisionedPollers: { minimum, maximum }, batchSize: 100, batchWindowSeconds: 1 });
    expect(pollers(50, 50)).to.deep.equal([]);
    expect(pollers(51, 50)).to.deep.equal([
      "Expected at least the minimum of 51 for darkroom:provisionedPollers.maximum, but received 50.",
    ]);
    expect(pollers(2, 100)).to.deep.equal([
      "Expected fewer than 100000 messages in flight for darkroom:batchSize × provisionedPollers.maximum × 10, but received 100000.",
    ]);
  });

  it("fewer messages in flight in the backfill queue, if there is one", () => {
    const settings = { batchSize: 1000, batchWindowSeconds: 1, backfillConcurrency: 100 };
    expect(problemsOf({ ...settings, backfill: false })).to.deep.equal([]);
    expect(problemsOf(settings)).to.deep.equal([
      "Expected fewer than 100000 messages in flight for darkroom:batchSize × backfillConcurrency, but received 100000.",
    ]);
  });

  it("a recipe that fits into the function's environment", () => {
    const recipe = (nameLength: number, count: number) => ({
      presets: [{ match: "x".repeat(nameLength), variants: [{ name: "a", width: 1 }] }],
      variants: Array.from({ length: count }, (_, index) => ({ name: `v${index}`, width: 1 })),
    });
    const bytesOf = (input: object) => {
      const { presets, variants, limits, metadata, neverLarger, gamut, removeWithSource, immutable } =
        parseSettings(input);
      const whole = { presets, variants, limits, metadata, neverLarger, gamut, removeWithSource, immutable };
      return Buffer.byteLength(JSON.stringify(whole));
    };
    const rest = 3072 - bytesOf(recipe(1, 14));
    expect(problemsOf(recipe(1 + rest, 14))).to.deep.equal([]);
    expect(problemsOf(recipe(2 + rest, 14))).to.deep.equal([
      "Expected at most 3072 bytes of JSON for darkroom:presets and darkroom:variants, but received 3073.",
    ]);
  });
});
