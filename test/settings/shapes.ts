// Settings by their shape: each row has what is taken, a right value, a wrong one, and its problem.

/** What a variant has that says no more than its name and a width. */
export const DEFAULT_VARIANT = {
  fit: "inside",
  position: "centre",
  formats: ["avif", "webp", "jpeg"],
  background: "#ffffff",
  animated: true,
  withoutEnlargement: true,
};

export function shapes(): [string, object, object, string][] {
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
