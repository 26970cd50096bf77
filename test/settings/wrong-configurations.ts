// What people write into Pulumi.<stack>.yaml that must not be deployed: each row has the configuration and what they are told.

const KEY = "arn:aws:kms:us-east-1:123456789012:key/mine";
const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/mine";

export const WRONG_CONFIGURATIONS: readonly (readonly [configuration: object, ...problems: string[]])[] = [
  [
    { memoryMiB: 128 },
    "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 128.",
  ],
  [
    { memoryMiB: 10241 },
    "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 10241.",
  ],
  [
    { memoryMiB: "2 GB" },
    'Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received "2 GB".',
  ],
  [
    { memoryMiB: 1769.5 },
    "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 1769.5.",
  ],
  [
    { timeoutSeconds: 901 },
    "Expected a whole number from 10 to 900 seconds for darkroom:timeoutSeconds, but received 901.",
  ],
  [
    { timeoutSeconds: 3 },
    "Expected a whole number from 10 to 900 seconds for darkroom:timeoutSeconds, but received 3.",
  ],
  [
    { timeoutSeconds: "1m" },
    'Expected a whole number from 10 to 900 seconds for darkroom:timeoutSeconds, but received "1m".',
  ],
  [{ architecture: "x86" }, 'Expected one of arm64, x86_64 for darkroom:architecture, but received "x86".'],
  [{ architecture: "arm" }, 'Expected one of arm64, x86_64 for darkroom:architecture, but received "arm".'],
  [
    { batchSize: 0 },
    "Expected a whole number from 1 to 10000 messages for darkroom:batchSize, but received 0.",
  ],
  [
    { batchSize: 10001, batchWindowSeconds: 1 },
    "Expected a whole number from 1 to 10000 messages for darkroom:batchSize, but received 10001.",
  ],
  [
    { batchSize: 11 },
    "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.",
  ],
  [
    { batchWindowSeconds: 301 },
    "Expected a whole number from 0 to 300 seconds for darkroom:batchWindowSeconds, but received 301.",
  ],
  [
    { batchWindowSeconds: -1 },
    "Expected a whole number from 0 to 300 seconds for darkroom:batchWindowSeconds, but received -1.",
  ],
  [
    { maximumConcurrency: 1 },
    "Expected a whole number from 2 to 1000 invocations for darkroom:maximumConcurrency, but received 1.",
  ],
  [
    { maximumConcurrency: 1001 },
    "Expected a whole number from 2 to 1000 invocations for darkroom:maximumConcurrency, but received 1001.",
  ],
  [
    { maximumConcurrency: null },
    "Expected a whole number from 2 to 1000 invocations for darkroom:maximumConcurrency, but received null.",
  ],
  [
    { maximumConcurrency: 20, provisionedPollers: { minimum: 2, maximum: 4 } },
    "Expected nothing (provisionedPollers is set) for darkroom:maximumConcurrency, but received 20.",
  ],
  [
    { provisionedPollers: { minimum: 2 } },
    "Expected a value for darkroom:provisionedPollers.maximum, but received nothing.",
  ],
  [
    { provisionedPollers: { minimum: 1, maximum: 4 } },
    "Expected a whole number from 2 to 200 pollers for darkroom:provisionedPollers.minimum, but received 1.",
  ],
  [
    { provisionedPollers: { minimum: 5, maximum: 4 } },
    "Expected at least the minimum of 5 for darkroom:provisionedPollers.maximum, but received 4.",
  ],
  [{ provisionedPollers: 4 }, "Expected names with values for darkroom:provisionedPollers, but received 4."],
  [
    { batchSize: 10000, batchWindowSeconds: 5 },
    "Expected fewer than 100000 messages in flight for darkroom:batchSize × maximumConcurrency, but received 500000.",
  ],
  [
    { batchSize: 1000, batchWindowSeconds: 5, maximumConcurrency: 10, backfillConcurrency: 100 },
    "Expected fewer than 100000 messages in flight for darkroom:batchSize × backfillConcurrency, but received 100000.",
  ],
  [
    { reserveConcurrency: "yes" },
    'Expected true or false for darkroom:reserveConcurrency, but received "yes".',
  ],
  [{ backfill: "off" }, 'Expected true or false for darkroom:backfill, but received "off".'],
  [
    { backfillConcurrency: 0 },
    "Expected a whole number from 2 to 1000 invocations for darkroom:backfillConcurrency, but received 0.",
  ],
  [
    { maxReceiveCount: 0 },
    "Expected a whole number from 1 to 1000 receives for darkroom:maxReceiveCount, but received 0.",
  ],
  [
    { maxReceiveCount: 100, timeoutSeconds: 900, sourceRetentionDays: 1 },
    "Expected at most 13 receives (all that sourceRetentionDays leaves time for) for darkroom:maxReceiveCount, but received 100.",
  ],
  [
    { sourceRetentionDays: 14 },
    "Expected a whole number from 1 to 13 days for darkroom:sourceRetentionDays, but received 14.",
  ],
  [
    { sourceRetentionDays: 0 },
    "Expected a whole number from 1 to 13 days for darkroom:sourceRetentionDays, but received 0.",
  ],
  [
    { logRetentionDays: 31 },
    "Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for darkroom:logRetentionDays, but received 31.",
  ],
  [
    { logRetentionDays: "forever" },
    'Expected one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days for darkroom:logRetentionDays, but received "forever".',
  ],
  [
    { alarmEmails: "a@example.org" },
    'Expected a list of e-mail addresses for darkroom:alarmEmails, but received "a@example.org".',
  ],
  [
    { alarmEmails: ["a@example"] },
    'Expected an e-mail address for darkroom:alarmEmails.0, but received "a@example".',
  ],
  [
    { alarmEmails: ["a@example.org", "a@example.org"] },
    'Expected each address once for darkroom:alarmEmails, but received ["a@example.org","a@example.org"].',
  ],
  [{ cdn: 1 }, "Expected true or false for darkroom:cdn, but received 1."],
  [{ catalog: "photos" }, 'Expected true or false for darkroom:catalog, but received "photos".'],
  [{ events: [] }, "Expected true or false for darkroom:events, but received []."],
  [
    { cdnDomain: { name: "img.example.org", certificateArn: CERTIFICATE } },
    'Expected nothing (cdn is off) for darkroom:cdnDomain, but received "img.example.org".',
  ],
  [
    { cdn: true, cdnDomain: { name: "img.example.org" } },
    "Expected a value for darkroom:cdnDomain.certificateArn, but received nothing.",
  ],
  [
    { cdn: true, cdnDomain: { name: "https://img.example.org/", certificateArn: CERTIFICATE } },
    'Expected a domain name like img.example.org for darkroom:cdnDomain.name, but received "https://img.example.org/".',
  ],
  [
    {
      cdn: true,
      cdnDomain: {
        name: "img.example.org",
        certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/mine",
      },
    },
    'Expected the arn of a certificate in us-east-1 for darkroom:cdnDomain.certificateArn, but received "arn:aws:acm:eu-west-1:123456789012:certificate/mine".',
  ],
  [
    { cdnPriceClass: "cheap" },
    'Expected one of PriceClass_100, PriceClass_200, PriceClass_All for darkroom:cdnPriceClass, but received "cheap".',
  ],
  [
    { kmsKeyArn: "alias/photos" },
    'Expected the arn of a KMS key for darkroom:kmsKeyArn, but received "alias/photos".',
  ],
  // Of another partition, where the program's other arns would name nothing.
  [
    { kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/mine" },
    'Expected the arn of a KMS key for darkroom:kmsKeyArn, but received "arn:aws-cn:kms:cn-north-1:123456789012:key/mine".',
  ],
  [
    { kmsKeyArn: KEY },
    'Expected a key of eu-west-1 (aws:region) for darkroom:kmsKeyArn, but received "arn:aws:kms:us-east-1:123456789012:key/mine".',
  ],
  [{ protect: "no" }, 'Expected true or false for darkroom:protect, but received "no".'],
  [{ tags: ["photos"] }, 'Expected names with texts for darkroom:tags, but received ["photos"].'],
  [
    { tags: { "aws:owner": "me" } },
    'Expected a name that AWS takes and that does not begin with aws: for darkroom:tags.aws:owner, but received "aws:owner".',
  ],
  [
    { tags: { team: "a#b" } },
    'Expected at most 256 letters, digits, spaces and _.:/=+@- for darkroom:tags.team, but received "a#b".',
  ],
  [
    { tags: { team: 42 } },
    "Expected at most 256 letters, digits, spaces and _.:/=+@- for darkroom:tags.team, but received 42.",
  ],
  [
    { source: { prefix: "/ü/" } },
    'Expected at most 512 letters without accents, digits and !-_.*\'()/ for darkroom:source.prefix, but received "/ü/".',
  ],
  [
    { source: { suffixes: ".jpg" } },
    'Expected a list of suffixes like .jpg for darkroom:source.suffixes, but received ".jpg".',
  ],
  [
    { source: { suffixes: [".jpg", "jpg"] } },
    'Expected suffixes of which none ends with another for darkroom:source.suffixes, but received [".jpg","jpg"].',
  ],
  [{ source: { suffix: ".jpg" } }, 'Expected no setting for darkroom:source.suffix, but received ".jpg".'],
  [{ source: "photos" }, 'Expected names with values for darkroom:source, but received "photos".'],
  [{ variants: [] }, "Expected at least one variant for darkroom:variants, but received []."],
  [
    { variants: [{ name: "Large", width: 100 }] },
    'Expected 1 to 40 lower-case letters, digits and hyphens for darkroom:variants.0.name, but received "Large".',
  ],
  [
    { variants: [{ name: "large" }] },
    'Expected a width or a height on every variant for darkroom:variants, but received [{"name":"large","fit":"inside","position":"centre","formats":["avif","webp","jp….',
  ],
  [
    { variants: [{ name: "a", width: 1, format: "avif" }] },
    'Expected no setting for darkroom:variants.0.format, but received "avif".',
  ],
  [
    { variants: [{ name: "a", width: 1, formats: ["gif"] }] },
    'Expected one of avif, webp, jpeg, png for darkroom:variants.0.formats.0, but received "gif".',
  ],
  [{ variants: "large" }, 'Expected a list of variants for darkroom:variants, but received "large".'],
  [
    { presets: [{ match: "", variants: "avatar" }] },
    'Expected a glob like avatars/** for darkroom:presets.0.match, but received "".',
  ],
  [
    { presets: [{ match: "a/**", variants: "portrait" }] },
    'Expected one of web-responsive, avatar, product, thumbnail for darkroom:presets.0.variants, but received "portrait".',
  ],
  [
    { presets: [{ variants: "avatar" }] },
    "Expected a value for darkroom:presets.0.match, but received nothing.",
  ],
  [
    { limits: { maxPixels: 1000000000 } },
    "Expected a whole number from 1 to 200000000 pixels for darkroom:limits.maxPixels, but received 1000000000.",
  ],
  [
    { limits: { allowedFormats: ["tiff"] } },
    'Expected one of jpeg, png, gif, webp, avif for darkroom:limits.allowedFormats.0, but received "tiff".',
  ],
  [{ limits: { maxSize: 1 } }, "Expected no setting for darkroom:limits.maxSize, but received 1."],
  [
    { metadata: "everything" },
    'Expected one of none, copyright, all-but-location for darkroom:metadata, but received "everything".',
  ],
  [{ neverLarger: 0 }, "Expected true or false for darkroom:neverLarger, but received 0."],
  [{ removeWithSource: [] }, "Expected true or false for darkroom:removeWithSource, but received []."],
  [{ maximumConcurency: 10 }, "Expected no setting for darkroom:maximumConcurency, but received 10."],
  [{ Memory: 512 }, "Expected no setting for darkroom:Memory, but received 512."],
  [
    { memoryMiB: 64, batchSize: 11, provisionedPollers: { minimum: 9, maximum: 2 }, colour: "red" },
    "Expected a whole number from 512 to 10240 MiB for darkroom:memoryMiB, but received 64.",
    'Expected no setting for darkroom:colour, but received "red".',
    "Expected at least 1 second (batchSize is above 10) for darkroom:batchWindowSeconds, but received 0.",
    "Expected at least the minimum of 9 for darkroom:provisionedPollers.maximum, but received 2.",
  ],
  [
    { source: { bucket: "Uploads" } },
    'Expected the name of a bucket for darkroom:source.bucket, but received "Uploads".',
  ],
  [
    { source: { kmsKeyArn: KEY } },
    'Expected nothing (source.bucket is not set) for darkroom:source.kmsKeyArn, but received "arn:aws:kms:us-east-1:123456789012:key/mine".',
  ],
  [
    { source: { bucket: "uploads", suffixes: Array.from({ length: 100 }, (_, at) => `-${at + 100}.jpg`) } },
    "Expected at most 2048 bytes of filter for EventBridge for darkroom:source, but received 2331.",
  ],
];
