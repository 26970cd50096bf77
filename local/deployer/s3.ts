// Buckets and what belongs to them. Pulumi's inputs are the members of the S3 API with a small first letter, so one
// conversion serves them all; only notifications are written differently.
import { isDeepStrictEqual } from "node:util";
import {
  CreateBucketCommand,
  type FilterRule,
  GetBucketNotificationConfigurationCommand,
  type NotificationConfiguration,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type QueueConfiguration,
  type S3Client,
} from "@aws-sdk/client-s3";
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";
import type { Inputs } from "./values.ts";

interface OfBucket extends Inputs {
  bucket: string;
}

interface QueueNotification {
  id?: string;
  queueArn: string;
  events: string[];
  filterPrefix?: string;
  filterSuffix?: string;
}

interface Notifications extends OfBucket {
  queues?: QueueNotification[];
  eventbridge?: boolean;
  topics?: unknown[];
  lambdaFunctions?: unknown[];
}

export const s3Types: Record<string, Make> = {
  "aws:s3/bucket:Bucket": makeBucket,
  "aws:s3/bucketNotification:BucketNotification": makeNotification,
  "aws:s3/bucketVersioning:BucketVersioning": setting(({ bucket, versioningConfiguration }, s3) =>
    s3.send(
      new PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: toApi(versioningConfiguration),
      }),
    ),
  ),
  "aws:s3/bucketPolicy:BucketPolicy": setting(({ bucket, policy }, s3) =>
    s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: String(policy) })),
  ),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting(({ bucket, ...block }, s3) =>
    s3.send(
      new PutPublicAccessBlockCommand({ Bucket: bucket, PublicAccessBlockConfiguration: toApi(block) }),
    ),
  ),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(({ bucket, rule }, s3) =>
    s3.send(
      new PutBucketOwnershipControlsCommand({ Bucket: bucket, OwnershipControls: { Rules: [toApi(rule)] } }),
    ),
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting(
    ({ bucket, rules }, s3) =>
      s3.send(
        new PutBucketEncryptionCommand({
          Bucket: bucket,
          ServerSideEncryptionConfiguration: { Rules: toApi(rules) },
        }),
      ),
  ),
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(({ bucket, rules }, s3) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: bucket,
        LifecycleConfiguration: { Rules: toApi(rules) },
      }),
    ),
  ),
};

function setting(put: (inputs: OfBucket, s3: S3Client) => Promise<unknown>): Make {
  return async ({ inputs }: Declared<OfBucket>, { s3 }) => {
    await put(inputs, s3);
    return { id: inputs.bucket, outputs: {} };
  };
}

async function makeBucket(declared: Declared<{ bucket?: string }>, { s3, region }: Target): Promise<Made> {
  const bucket = declared.inputs.bucket ?? physicalName(declared, 63).toLowerCase();
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const outputs = {
    bucket,
    region,
    arn: `arn:aws:s3:::${bucket}`,
    bucketDomainName: `${bucket}.s3.amazonaws.com`,
    bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
  };
  return { id: bucket, outputs };
}

async function makeNotification({ inputs }: Declared<Notifications>, { s3 }: Target): Promise<Made> {
  const { bucket: Bucket, queues = [], eventbridge = false, topics = [], lambdaFunctions = [] } = inputs;
  if (eventbridge || topics.length > 0 || lambdaFunctions.length > 0) {
    throw new Error(
      "Expected queues as the destinations of bucket notifications, but received another kind.",
    );
  }
  const wanted: NotificationConfiguration = { QueueConfigurations: queues.map(toQueueConfiguration) };
  const { QueueConfigurations } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  // Like Pulumi, leave alone what is in force: each put sends an s3:TestEvent to every queue.
  if (!isDeepStrictEqual({ QueueConfigurations }, wanted)) {
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: wanted }),
    );
  }
  return { id: Bucket, outputs: {} };
}

function toQueueConfiguration(queue: QueueNotification, index: number): QueueConfiguration {
  const { id = `queue-${index + 1}`, queueArn, events, filterPrefix, filterSuffix } = queue;
  const filters = [filterRule("Prefix", filterPrefix), filterRule("Suffix", filterSuffix)].flat();
  return {
    Id: id,
    QueueArn: queueArn,
    Events: events as NonNullable<QueueConfiguration["Events"]>,
    ...(filters.length > 0 && { Filter: { Key: { FilterRules: filters } } }),
  };
}

/** Named as S3 answers: it takes small letters, as the SDK's types have them, and gives capital ones back. */
function filterRule(name: "Prefix" | "Suffix", value = ""): FilterRule[] {
  return value === "" ? [] : [{ Name: name as NonNullable<FilterRule["Name"]>, Value: value }];
}

/** The names that do not just begin with a capital letter. */
const API_NAMES: Record<string, string> = {
  id: "ID",
  sseAlgorithm: "SSEAlgorithm",
  kmsMasterKeyId: "KMSMasterKeyID",
};

function toApi<Api>(value: unknown): Api {
  if (Array.isArray(value)) return value.map((item) => toApi(item)) as Api;
  if (typeof value !== "object" || value === null) return value as Api;
  const members = Object.entries(value).map(([name, member]) => [
    API_NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1),
    toApi(member),
  ]);
  return Object.fromEntries(members) as Api;
}
