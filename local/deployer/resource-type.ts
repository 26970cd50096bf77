// How a resource that the program declares becomes real here.
import type { DynamoDB } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Iam } from "../iam/iam.ts";
import type { Lambda } from "../lambda/lambda.ts";
import type { Inputs } from "./values.ts";

export interface Declared<Input = Inputs> {
  type: string;
  name: string;
  urn: string;
  inputs: Input;
}

/** Where resources are made. */
export interface Target {
  s3: S3Client;
  sqs: SQSClient;
  sns: SNSClient;
  dynamodb(): Promise<DynamoDB>;
  iam: Iam;
  lambda: Lambda;
  region: string;
  accountId: string;
  projectDirectory: string;
  /** Of the cloud. */
  dataDirectory: string;
}

export interface Made {
  id: string;
  /** What the program sees besides the inputs it gave. */
  outputs: Inputs;
  /** It is known here, and does nothing. */
  isOnlyRecorded?: boolean;
}

/** Creates or updates: the resource may be there from an earlier start. */
export type Make = (declared: Declared<never>, target: Target) => Promise<Made>;
