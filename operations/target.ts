// Which pipeline an operation works on. Deployed or local makes no difference here: clients and names come from outside.
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Engine } from "./engine.ts";

/** Where the stack keeps what became of each source object, and who changed what. */
export interface Catalog {
  dynamodb: DynamoDBClient;
  table: string;
}

export interface Target {
  s3: S3Client;
  sqs: SQSClient;
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
  alarms?: { sns: SNSClient; topicArn: string } | undefined;
}
