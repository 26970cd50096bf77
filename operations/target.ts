// Which pipeline an operation works on. Deployed or local makes no difference here: clients and names come from outside.
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Engine } from "./engine.ts";

/** Where the stack keeps what became of each source object, and who changed what. */
export interface Catalog {
  dynamodb(): Promise<DynamoDBClient>;
  table: string;
}

export interface Target {
  s3: S3Client;
  sqs: SQSClient;
  /** Absent where nobody asks it. */
  cloudwatch?(): Promise<CloudWatchClient>;
  sourceBucket: string;
  destinationBucket: string;
  workQueueUrl: string;
  /** The lane for what operators enqueue; absent when the stack has only one. */
  backfillQueueUrl?: string | undefined;
  deadLetterQueueUrl: string;
  /** Absent when the stack's outputs do not name it. */
  engine?: Engine | undefined;
  /** Absent when the stack has none. */
  catalog?: Catalog | undefined;
  /** Likewise. */
  alarms?: { sns(): Promise<SNSClient>; topicArn: string } | undefined;
}
