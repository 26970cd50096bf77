// The policy of the function's role.
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import type { BufferedQueue } from "./buffered-queue.ts";
import type { Catalog } from "./catalog.ts";
import type { Events } from "./events.ts";
import { policy, type Statement } from "./policy.ts";
import { type BucketAddress, keysOf } from "./private-bucket.ts";

/** What the worker takes work from, and where it leaves what becomes of it. */
export interface Surroundings {
  settings: Settings;
  source: BucketAddress;
  destination: BucketAddress;
  queue: BufferedQueue;
  /** Who hears of outcomes, if anybody. */
  catalog: Catalog | undefined;
  events: Events | undefined;
}

/** What the worker and the event source mapping do, and nothing more. They share the role: Lambda polls with it. */
export function permissions(args: Surroundings, logGroup: aws.cloudwatch.LogGroup) {
  const { source, destination, queue } = args;
  return policy(
    {
      Sid: "ReadSources",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: keysOf(source),
    },
    {
      // Without it, S3 says 403 for a key that does not exist, and a removed source could not be told from a refusal.
      Sid: "TellAbsentFromForbidden",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: [source.arn, destination.arn],
    },
    {
      Sid: "KeepRenditions",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: keysOf(destination),
    },
    {
      Sid: "TakeMessages",
      Effect: "Allow",
      Action: [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
      ],
      Resource: queue.lanes.map(({ arn }) => arn),
    },
    { Sid: "Reject", Effect: "Allow", Action: "sqs:SendMessage", Resource: queue.deadLetters.arn },
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: pulumi.interpolate`${logGroup.arn}:*`,
    },
    ...tellOutcomes(args),
    ...(args.settings.tracing ? [WRITE_TRACES] : []),
    ...useOfKeyByWorker(args),
  );
}

/** To whoever hears of them. Nothing of either is ever read. */
function tellOutcomes({ catalog, events }: Surroundings): Statement[] {
  const write = { Sid: "WriteCatalog", Effect: "Allow", Action: "dynamodb:PutItem" } as const;
  const publish = { Sid: "PublishOutcomes", Effect: "Allow", Action: "sns:Publish" } as const;
  return [
    ...(catalog ? [{ ...write, Resource: catalog.table.arn }] : []),
    ...(events ? [{ ...publish, Resource: events.topic.arn }] : []),
  ];
}

/** X-Ray knows no resources. */
const WRITE_TRACES: Statement = {
  Sid: "WriteTraces",
  Effect: "Allow",
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
  Resource: "*",
};

const DATA_KEYS = ["kms:Decrypt", "kms:GenerateDataKey"];

function useOfKeyByWorker({ settings, catalog, events }: Surroundings): Statement[] {
  const { kmsKeyArn, source } = settings;
  return [
    ...useOfKey("UseKey", kmsKeyArn, ["s3", "sqs", ...(events ? ["sns"] : [])], DATA_KEYS),
    ...(catalog ? useOfKeyOfCatalog(kmsKeyArn) : []),
    ...useOfKey("ReadSourcesWithTheirKey", source.kmsKeyArn, ["s3"], ["kms:Decrypt"]),
  ];
}

/**
 * Of whoever writes to a table, DynamoDB asks for more than others do.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export function useOfKeyOfCatalog(kmsKeyArn: string | undefined): Statement[] {
  const more = ["kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey"];
  return useOfKey("UseKeyOfCatalog", kmsKeyArn, ["dynamodb"], [...DATA_KEYS, ...more]);
}

/** What is under the owner's own key: only through the services that keep it, never the key for itself. */
export function useOfKey(
  Sid: string,
  kmsKeyArn: string | undefined,
  services: string[],
  Action: string[],
): Statement[] {
  if (kmsKeyArn === undefined) return [];
  const region = kmsKeyArn.split(":")[3];
  const places = services.map((service) => `${service}.${region}.amazonaws.com`);
  return [
    {
      Sid,
      Effect: "Allow",
      Action,
      Resource: kmsKeyArn,
      Condition: { StringEquals: { "kms:ViaService": places } },
    },
  ];
}
