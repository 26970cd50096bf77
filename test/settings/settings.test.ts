import { expect } from "chai";
import { SettingsError } from "../../settings/problem.ts";
import { parseRecipe, parseSettings } from "../../settings/settings.ts";
import { problemsOf } from "./problems-of.ts";
import { DEFAULT_VARIANT, shapes } from "./shapes.ts";

describe("Settings", () => {
  it("has a default for everything", () => {
    expect(parseSettings({})).to.deep.equal({
      presets: [],
      variants: [
        { name: "thumbnail", width: 320, ...DEFAULT_VARIANT },
        { name: "medium", width: 960, ...DEFAULT_VARIANT },
        { name: "large", width: 1920, ...DEFAULT_VARIANT },
      ],
      limits: {
        maxBytes: 104_857_600,
        maxPixels: 50_000_000,
        maxFrames: 200,
        maxMetadataBytes: 16_777_216,
        allowedFormats: ["jpeg", "png", "gif", "webp", "avif"],
      },
      metadata: "none",
      gamut: "srgb",
      neverLarger: true,
      removeWithSource: true,
      immutable: false,
      source: { prefix: "", suffixes: [] },
      memoryMiB: 1769,
      timeoutSeconds: 60,
      architecture: "arm64",
      batchSize: 10,
      batchWindowSeconds: 0,
      reserveConcurrency: true,
      backfill: true,
      backfillConcurrency: 5,
      maxReceiveCount: 5,
      sourceRetentionDays: 4,
      logRetentionDays: 30,
      tracing: false,
      accessLogs: false,
      alarmEmails: [],
      operatorRoles: true,
      cdn: false,
      catalog: false,
      events: false,
      cdnPriceClass: "PriceClass_100",
      protect: true,
      tags: {},
    });
  });

  it("keeps what is set", () => {
    const variants = [{ name: "hero", height: 400, formats: ["png"], quality: 1, effort: 9, fit: "cover" }];
    const settings = parseSettings({ variants, tags: { team: "photos" }, protect: false });
    expect(settings.variants).to.deep.equal([{ ...DEFAULT_VARIANT, ...variants[0] }]);
    expect(settings).to.deep.include({ tags: { team: "photos" }, protect: false });
  });

  for (const [path, minimum, maximum, unit, others] of ranges()) {
    it(`takes ${path} from ${minimum} to ${maximum}, and nothing beside`, () => {
      const at = (value: unknown) => merge(others, nest(path, value));
      expect(problemsOf(at(minimum))).to.deep.equal([]);
      expect(problemsOf(at(maximum))).to.deep.equal([]);
      const what = `a whole number from ${minimum} to ${maximum}${unit && ` ${unit}`}`;
      for (const wrong of [minimum - 1, maximum + 1, minimum + 0.5, "many"]) {
        expect(problemsOf(at(wrong))).to.deep.equal([
          `Expected ${what} for darkroom:${path}, but received ${JSON.stringify(wrong)}.`,
        ]);
      }
    });
  }

  for (const [what, right, wrong, problem] of shapes()) {
    it(`takes ${what}`, () => {
      expect(problemsOf(right)).to.deep.equal([]);
      expect(problemsOf(wrong)).to.deep.equal([problem]);
    });
  }

  it("says what is wrong all at once, with its path, its limit and its value", () => {
    const wrong = {
      memoryMiB: 64,
      variants: [{ name: "a" }, { name: "Big", width: 0, format: "avif" }],
      presets: [{ variants: [] }],
      limits: { maxPixels: "all" },
      batchSize: 11,
      maximumConcurency: 3,
      timeoutSeconds: 5,
    };
    expect(problemsOf(wrong)).to.deep.equal([
      "Expected a value for darkroom:presets.0.match, but received nothing.",
      "Expected at least one variant for darkroom:presets.0.variants, but received [].",
      'Expected 1 to 40 lower-case letters, digits and hyphens for darkroom:variants.1.name, but received "Big".',
      "Expected a whole number from 1 to 16383 pixels for darkroom:variants.1.width, but received 0.",
      'Expected no setting for darkroom:variants.1.format, but received "avif".',
      'Expected a whole number from 1 to 200000000 pixels for darkroom:limits.maxPixels, but received "all".',
      "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 64.",
      "Expected a whole number from 10 to 900 seconds for darkroom:timeoutSeconds, but received 5.",
      "Expected no setting for darkroom:maximumConcurency, but received 3.",
      "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.",
    ]);
  });

  it("says so when the settings are no settings at all", () => {
    expect(problemsOf("fast")).to.have.length(1);
  });

  it("cuts long values in its sentences", () => {
    const [problem = ""] = problemsOf({ architecture: "x".repeat(500) });
    expect(problem).to.match(/x{70,80}…\.$/);
  });
});

describe("A recipe as JSON", () => {
  it("names the variable in its problems", () => {
    expect(() => parseRecipe("{", "RECIPE"))
      .to.throw(SettingsError)
      .with.property("problems")
      .that.deep.equals(['Expected JSON for RECIPE, but received "{".']);
    expect(() => parseRecipe('{"limits":{"maxFrames":0}}', "RECIPE")).to.throw(
      "Expected a whole number from 1 to 10000 frames for RECIPE.limits.maxFrames, but received 0.",
    );
  });
});

/** Path, minimum, maximum, unit, and what else must be set for both ends to be right. */
function ranges(): [string, number, number, string, Record<string, unknown>?][] {
  return [
    ["memoryMiB", 512, 10_240, "MiB"],
    ["timeoutSeconds", 10, 900, "seconds"],
    ["batchSize", 1, 10_000, "messages", { batchWindowSeconds: 1, maximumConcurrency: 2, backfill: false }],
    ["batchWindowSeconds", 0, 300, "seconds"],
    ["maximumConcurrency", 2, 1000, "invocations"],
    ["provisionedPollers.minimum", 2, 200, "pollers", { provisionedPollers: { maximum: 200 } }],
    ["provisionedPollers.maximum", 2, 2000, "pollers", { batchSize: 1, provisionedPollers: { minimum: 2 } }],
    ["backfillConcurrency", 2, 1000, "invocations"],
    ["maxReceiveCount", 1, 1000, "receives", { sourceRetentionDays: 13 }],
    ["sourceRetentionDays", 1, 13, "days"],
    ["limits.maxBytes", 1, 536_870_912, "bytes"],
    ["limits.maxPixels", 1, 200_000_000, "pixels"],
    ["limits.maxFrames", 1, 10_000, "frames"],
    ["limits.maxMetadataBytes", 0, 67_108_864, "bytes"],
    ["variants.0.width", 1, 16_383, "pixels"],
    ["variants.0.height", 1, 16_383, "pixels"],
    ["variants.0.quality", 1, 100, ""],
    ["variants.0.effort", 0, 9, ""],
  ];
}

/** `variants.0.width` of 5 is `{ variants: [{ name: "a", width: 5 }] }`. */
function nest(path: string, value: unknown): Record<string, unknown> {
  const [first = "", ...rest] = path.split(".");
  if (first === "variants") return { variants: [{ name: "a", width: 1, [rest[1] ?? ""]: value }] };
  return { [first]: rest.length === 0 ? value : nest(rest.join("."), value) };
}

/** Two levels deep. */
function merge(one: Record<string, unknown> = {}, other: Record<string, unknown>): object {
  const merged = Object.entries(other).map(([name, value]) => [
    name,
    isGroup(one[name]) && isGroup(value) ? { ...one[name], ...value } : value,
  ]);
  return { ...one, ...Object.fromEntries(merged) };
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
