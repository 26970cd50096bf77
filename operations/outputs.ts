// The outputs of a stack that operations need, whoever printed them: `pulumi stack output --json` or local mode.
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { expected } from "../settings/problem.ts";
import type { Target } from "./target.ts";

const OutputsSchema = v.object({
  sourceBucket: v.string(),
  destinationBucket: v.string(),
  workQueueUrl: v.string(),
  backfillQueueUrl: v.optional(v.string()),
  deadLetterQueueUrl: v.string(),
  region: v.string(),
  functionName: v.optional(v.string()),
  eventSourceMappingId: v.optional(v.string()),
  backfillMappingId: v.optional(v.string()),
  catalogTable: v.optional(v.string()),
  alarmsTopicArn: v.optional(v.string()),
});

export type Outputs = v.InferOutput<typeof OutputsSchema>;

export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
  lambda: LambdaClient;
  /** Loaded when somebody asks. */
  dynamodb(): Promise<DynamoDBClient>;
  sns(): Promise<SNSClient>;
  cloudwatch(): Promise<CloudWatchClient>;
}

export function targetOf(outputs: Outputs, clients: Clients): Target {
  const { s3, sqs, lambda, dynamodb, sns, cloudwatch } = clients;
  const { functionName, eventSourceMappingId: work, backfillMappingId: backfill, ...others } = outputs;
  const { catalogTable: table, alarmsTopicArn: topicArn, region, ...names } = others;
  const engine =
    functionName === undefined || work === undefined
      ? undefined
      : { lambda, functionName, mappingIds: { work, backfill } };
  const catalog = table === undefined ? undefined : { dynamodb, table };
  const alarms = topicArn === undefined ? undefined : { sns, topicArn };
  return { s3, sqs, cloudwatch, ...names, engine, catalog, alarms };
}

export function parseOutputs(outputs: unknown): Outputs {
  const result = v.safeParse(OutputsSchema, outputs);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(expected("a text", `the stack output ${v.getDotPath(issue) ?? ""}`, issue.input));
}
