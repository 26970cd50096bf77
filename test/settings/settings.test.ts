import { expect } from "chai";
import { SettingsError } from "../../settings/problem.ts";
import { parseRecipe, parseSettings } from "../../settings/settings.ts";

const DEFAULT_VARIANT = {
  fit: "inside",
  position: "centre",
  formats: ["avif", "webp", "jpeg"],
  background: "#ffffff",
  animated: true,
  withoutEnlargement: true,
};

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
      alarmEmails: [],
      cdn: false,
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
      const { presets, variants, limits, metadata, neverLarger, removeWithSource, immutable } =
        parseSettings(input);
      const whole = { presets, variants, limits, metadata, neverLarger, removeWithSource, immutable };
      return Buffer.byteLength(JSON.stringify(whole));
    };
    const rest = 3072 - bytesOf(recipe(1, 14));
    expect(problemsOf(recipe(1 + rest, 14))).to.deep.equal([]);
    expect(problemsOf(recipe(2 + rest, 14))).to.deep.equal([
      "Expected at most 3072 bytes of JSON for darkroom:presets and darkroom:variants, but received 3073.",
    ]);
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
    ["maxReceiveCount", 1, 1000, "receives"],
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

/** What is taken, a right value, a wrong one, and its problem. */
function shapes(): [string, object, object, string][] {
  const variant = (fields: object) => ({ variants: [{ name: "a", width: 1, ...fields }] });
  const suffixes = (...values: string[]) => ({ source: { suffixes: values } });
  const tags = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, ""]));
  return [
    [
      "the two CPUs of Lambda",
      { architecture: "x86_64" },
      { architecture: "riscv" },
      'Expected one of arm64, x86_64 for darkroom:architecture, but received "riscv".',
    ],
    [
      "the periods that CloudWatch knows",
      { logRetentionDays: 3653 },
      { logRetentionDays: 10 },
      "Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for darkroom:logRetentionDays, but received 10.",
    ],
    [
      "yes or no",
      { protect: false },
      { protect: "false" },
      'Expected true or false for darkroom:protect, but received "false".',
    ],
    [
      "variant names of 40 characters",
      variant({ name: "a".repeat(40) }),
      variant({ name: "a".repeat(41) }),
      `Expected 1 to 40 lower-case letters, digits and hyphens for darkroom:variants.0.name, but received "${"a".repeat(41)}".`,
    ],
    [
      "different variant names",
      {
        variants: [
          { name: "a", width: 1 },
          { name: "b", width: 1 },
        ],
      },
      {
        variants: [
          { name: "a", width: 1 },
          { name: "a", width: 2 },
        ],
      },
      `Expected variants with different names for darkroom:variants, but received ${cut([fullVariant("a", 1), fullVariant("a", 2)])}.`,
    ],
    [
      "a width or a height",
      { variants: [{ name: "a", height: 1 }] },
      { variants: [{ name: "a" }] },
      `Expected a width or a height on every variant for darkroom:variants, but received ${cut([{ name: "a", ...DEFAULT_VARIANT }])}.`,
    ],
    [
      "each format once",
      variant({ formats: ["avif", "png"] }),
      variant({ formats: ["avif", "avif"] }),
      'Expected each format once for darkroom:variants.0.formats, but received ["avif","avif"].',
    ],
    [
      "at least one format",
      variant({ formats: ["jpeg"] }),
      variant({ formats: [] }),
      "Expected at least one format for darkroom:variants.0.formats, but received [].",
    ],
    [
      "formats it can write",
      variant({ formats: ["webp"] }),
      variant({ formats: ["heic"] }),
      'Expected one of avif, webp, jpeg, png for darkroom:variants.0.formats.0, but received "heic".',
    ],
    [
      "formats it can read",
      { limits: { allowedFormats: ["gif"] } },
      { limits: { allowedFormats: ["svg"] } },
      'Expected one of jpeg, png, gif, webp, avif for darkroom:limits.allowedFormats.0, but received "svg".',
    ],
    [
      "colours",
      variant({ background: "#AAbb09" }),
      variant({ background: "white" }),
      'Expected a colour like #ffffff for darkroom:variants.0.background, but received "white".',
    ],
    [
      "prefixes that S3 matches as they are",
      { source: { prefix: "in-box/2024_(a)!/*'." } },
      { source: { prefix: "in box/" } },
      'Expected at most 512 letters without accents, digits and !-_.*\'()/ for darkroom:source.prefix, but received "in box/".',
    ],
    [
      "suffixes that S3 matches as they are",
      suffixes("-small.jpg"),
      suffixes("+small.jpg"),
      'Expected a suffix like .jpg, of at most 100 letters without accents, digits and !-_.*\'()/ for darkroom:source.suffixes.0, but received "+small.jpg".',
    ],
    [
      "suffixes that tell keys apart",
      suffixes(".jpg", ".JPG", ".png"),
      suffixes(".jpg", "-small.jpg"),
      'Expected suffixes of which none ends with another for darkroom:source.suffixes, but received [".jpg","-small.jpg"].',
    ],
    [
      "100 suffixes",
      suffixes(...Array.from({ length: 100 }, (_, at) => `${at}.`.padStart(4, "0"))),
      suffixes(...Array.from({ length: 101 }, (_, at) => `${at}.`.padStart(4, "0"))),
      `Expected at most 100 suffixes for darkroom:source.suffixes, but received ${cut(Array.from({ length: 101 }, (_, at) => `${at}.`.padStart(4, "0")))}.`,
    ],
    [
      "arns of KMS keys",
      { kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab" },
      { kmsKeyArn: "alias/mine" },
      'Expected the arn of a KMS key for darkroom:kmsKeyArn, but received "alias/mine".',
    ],
    [
      "e-mail addresses",
      { alarmEmails: ["a.b+c@example.org"] },
      { alarmEmails: ["nobody"] },
      'Expected an e-mail address for darkroom:alarmEmails.0, but received "nobody".',
    ],
    [
      "each e-mail address once",
      { alarmEmails: ["a@example.org", "b@example.org"] },
      { alarmEmails: ["a@example.org", "a@example.org"] },
      'Expected each address once for darkroom:alarmEmails, but received ["a@example.org","a@example.org"].',
    ],
    [
      "names of tags that are not AWS's own",
      { tags: { "cost:centre": "Größe 1" } },
      { tags: { "AWS:x": "1" } },
      'Expected a name that AWS takes and that does not begin with aws: for darkroom:tags.AWS:x, but received "AWS:x".',
    ],
    [
      "50 tags",
      { tags: tags(50) },
      { tags: tags(51) },
      `Expected at most 50 tags for darkroom:tags, but received ${cut(tags(51))}.`,
    ],
  ];
}

function fullVariant(name: string, width: number) {
  return { name, width, ...DEFAULT_VARIANT };
}

function cut(value: unknown): string {
  return `${JSON.stringify(value).slice(0, 80)}…`;
}

function problemsOf(input: unknown): readonly string[] {
  try {
    parseSettings(input);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
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
