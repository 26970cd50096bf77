// The schema of the settings: every one's default, limits and meaning, in the order in which docs/settings.md has them.
import * as v from "valibot";
import { RecipeSchema } from "./recipe.ts";
import { described, oneOf, text, wholeNumber, yesOrNo } from "./shapes.ts";

/** The only periods that CloudWatch Logs knows. */
const LOG_RETENTION_DAYS = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288],
  3653,
] as const;

/** S3 wants any other character of a filter encoded. One that is not matches no key, and no upload would be announced. */
const FILTER_CHARACTERS = "letters without accents, digits and !-_.*'()/";

const KMS_KEY_ARN = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/[a-zA-Z0-9-]+$/;

const filterText = (minimum: number, maximum: number) => new RegExp(`^[\\w!.*'()/-]{${minimum},${maximum}}$`);

const SourceSchema = v.strictObject({
  bucket: v.optional(
    described(
      text(/^(?!xn--|sthree-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket"),
      "One that is there already, of this account and region, instead of one of the stack's own; its events come through EventBridge: see deploy.md.",
    ),
  ),
  kmsKeyArn: v.optional(
    described(
      text(KMS_KEY_ARN, "the arn of a KMS key"),
      "That `source.bucket` is encrypted with; the function and the operators may decrypt with it.",
    ),
  ),
  prefix: v.optional(
    described(
      text(filterText(0, 512), `at most 512 ${FILTER_CHARACTERS}`),
      "Only keys under it are announced.",
    ),
    "",
  ),
  suffixes: v.optional(
    described(
      v.pipe(
        v.array(
          text(filterText(1, 100), `a suffix like .jpg, of at most 100 ${FILTER_CHARACTERS}`),
          "a list of suffixes like .jpg",
        ),
        v.maxLength(100, "at most 100 suffixes"),
        // Two rules for one key are "ambiguously defined" to S3, which then takes none of them.
        v.check(noneEndsWithAnother, "suffixes of which none ends with another"),
      ),
      "Only keys that end in one of them are announced; case-sensitive, as S3 is. Empty: every key.",
    ),
    [],
  ),
});

const PollersSchema = v.strictObject({
  minimum: described(wholeNumber(2, 200, "pollers"), "Always there; each works on up to 10 batches at once."),
  maximum: described(wholeNumber(2, 2000, "pollers"), "At most."),
});

const CdnDomainSchema = v.strictObject({
  name: described(
    text(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/, "a domain name like img.example.org"),
    "Point it, in your DNS, to the host that `cdnUrl` has without it.",
  ),
  certificateArn: described(
    text(
      /^arn:aws:acm:us-east-1:\d{12}:certificate\/[a-zA-Z0-9-]+$/,
      "the arn of a certificate in us-east-1",
    ),
    "Of AWS Certificate Manager. CloudFront takes none of another region.",
  ),
});

const TagsSchema = v.pipe(
  // A list would count as a record with the names 0, 1, …
  v.custom<Record<string, string>>((input) => !Array.isArray(input), "names with texts"),
  v.record(
    text(
      /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu,
      "a name that AWS takes and that does not begin with aws:",
    ),
    text(/^[\p{L}\p{N} _.:/=+@-]{0,256}$/u, "at most 256 letters, digits, spaces and _.:/=+@-"),
    "names with texts",
  ),
  v.maxEntries(50, "at most 50 tags"),
);

export const SettingsSchema = v.strictObject({
  ...RecipeSchema.entries,
  source: v.optional(
    described(SourceSchema, "Which keys of the source bucket are announced to the worker."),
    {},
  ),
  memoryMiB: v.optional(
    described(
      wholeNumber(512, 10_240, "MiB"),
      "Memory of the function; Lambda gives one whole vCPU at 1,769 MiB.",
    ),
    1769,
  ),
  timeoutSeconds: v.optional(
    described(wholeNumber(10, 900, "seconds"), "Time of one invocation, that is of one batch."),
    60,
  ),
  architecture: v.optional(
    described(oneOf(["arm64", "x86_64"]), "The CPU that the function runs on."),
    "arm64",
  ),
  batchSize: v.optional(
    described(
      wholeNumber(1, 10_000, "messages"),
      "Messages per invocation at most. Above 10, batchWindowSeconds must be at least 1.",
    ),
    10,
  ),
  batchWindowSeconds: v.optional(
    described(wholeNumber(0, 300, "seconds"), "How long to wait for a batch to fill."),
    0,
  ),
  maximumConcurrency: v.optional(
    described(
      wholeNumber(2, 1000, "invocations"),
      "Invocations at once at most: 50, unless provisionedPollers is set. Times batchSize, it must stay below 100,000.",
    ),
  ),
  provisionedPollers: v.optional(
    described(
      PollersSchema,
      "Instead of maximumConcurrency: pollers that are always there, at a price, for spikes that cannot wait for a ramp.",
    ),
  ),
  reserveConcurrency: v.optional(
    described(
      yesOrNo(),
      "Keeps that concurrency, and the second lane's, for this function alone. The account must have 100 more to spare.",
    ),
    true,
  ),
  backfill: v.optional(
    described(
      yesOrNo(),
      "A second lane for what operators enqueue, so that a million old images never delay a new one.",
    ),
    true,
  ),
  backfillConcurrency: v.optional(
    described(wholeNumber(2, 1000, "invocations"), "Invocations at once at most for the second lane."),
    5,
  ),
  maxReceiveCount: v.optional(
    described(wholeNumber(1, 1000, "receives"), "Receives before a message goes to the dead-letter queue."),
    5,
  ),
  sourceRetentionDays: v.optional(
    described(
      wholeNumber(1, 13, "days"),
      "How long the work queue keeps a message; the dead-letter queue keeps it for 14 days from the same moment.",
    ),
    4,
  ),
  logRetentionDays: v.optional(described(oneOf(LOG_RETENTION_DAYS, "days"), "How long logs are kept."), 30),
  tracing: v.optional(
    described(yesOrNo(), "Traces of invocations in AWS X-Ray, of as many as its sampling rules say."),
    false,
  ),
  accessLogs: v.optional(
    described(
      yesOrNo(),
      "Logs of every request to the stack's buckets, in a bucket of their own, for logRetentionDays.",
    ),
    false,
  ),
  alarmEmails: v.optional(
    described(
      v.pipe(
        v.array(
          v.pipe(v.string("an e-mail address"), v.email("an e-mail address")),
          "a list of e-mail addresses",
        ),
        v.check((emails) => new Set(emails).size === emails.length, "each address once"),
      ),
      "Who hears of alarms. AWS asks each address to confirm before it sends anything else.",
    ),
    [],
  ),
  operatorRoles: v.optional(
    described(
      yesOrNo(),
      "Two roles for people: one to look, one to redrive, backfill and pause. Whom the account lets, may assume them.",
    ),
    true,
  ),
  cdn: v.optional(
    described(
      yesOrNo(),
      "A CloudFront distribution in front of the destination bucket: whoever has a rendition's key may see it.",
    ),
    false,
  ),
  cdnDomain: v.optional(
    described(
      CdnDomainSchema,
      "A name of your own for the CDN. Only with it, TLS older than 1.2 is refused.",
    ),
  ),
  cdnPriceClass: v.optional(
    described(
      oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
      "Where the CDN has copies: North America and Europe; most of the world; all of it.",
    ),
    "PriceClass_100",
  ),
  catalog: v.optional(
    described(
      yesOrNo(),
      "A DynamoDB table with what became of each source object: to look up by key, status and upload batch.",
    ),
    false,
  ),
  events: v.optional(
    described(
      yesOrNo(),
      "An SNS topic with a message for each image that was rendered, rejected or removed.",
    ),
    false,
  ),
  kmsKeyArn: v.optional(
    described(
      text(KMS_KEY_ARN, "the arn of a KMS key"),
      "Encrypts buckets, queues, catalog and events with this key instead of AWS's own. Its policy must let S3 use it: see deploy.md.",
    ),
  ),
  protect: v.optional(
    described(
      yesOrNo(),
      "Refuses to delete the buckets and the catalog, full or empty. Off, `pulumi destroy` empties them.",
    ),
    true,
  ),
  tags: v.optional(described(TagsSchema, "Tags on everything that takes them."), {}),
});

export type Settings = v.InferOutput<typeof SettingsSchema>;

/** As a person writes them: everything may be left out. */
export type WrittenSettings = v.InferInput<typeof SettingsSchema>;

function noneEndsWithAnother(suffixes: string[]): boolean {
  return suffixes.every((one, index) => suffixes.every((other, at) => at === index || !one.endsWith(other)));
}
