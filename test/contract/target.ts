// What the contract suite runs against: our local cloud, started for each `describe`, or what ENDPOINT names (another
// emulator's address, or `aws` for AWS itself). Reached over HTTP by the unmodified SDK; credentials and region as the SDK's
// environment says. A case states what AWS documents, never what one implementation does; names are new in every run.
import { randomBytes } from "node:crypto";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";
import type { Credentials } from "../../local/iam/iam.ts";
import { createLambda } from "../../local/lambda/lambda.ts";
import { startTestCloud } from "../support/local-cloud.ts";

export type Service = "s3" | "sqs" | "sns" | "dynamodb" | "iam" | "sts" | "lambda";

export interface Target {
  /** One address or several: AWS has one for each service. */
  endpoints: Record<Service, string>;
  region: string;
  credentials: Credentials;
  s3: S3;
  sqs: SQS;
  sns: SNS;
  dynamodb: DynamoDB;
  iam: IAM;
  sts: STS;
  lambda: Lambda;
}

const RUN = `contract-${Date.now().toString(36)}${randomBytes(2).toString("hex")}`;
let names = 0;

/** A name nobody has: for a bucket, a queue or a key. */
export function newName(): string {
  names += 1;
  return `${RUN}-${names}`;
}

/** What a file needs before its tests; resolves to what takes it away again. */
type Prepare = (target: Target) => Promise<() => Promise<void>>;

/** For a `describe`: the target, from its first `before` to its last `after`. */
export function useTarget(prepare?: Prepare): Target {
  const target = {} as Target;
  let started: Started | undefined;
  let tidy: (() => Promise<void>) | undefined;
  before(async () => {
    started = await start();
    Object.assign(target, started.target);
    tidy = await prepare?.(target);
  });
  after(async () => {
    await tidy?.();
    await started?.stop();
  });
  return target;
}

interface Started {
  target: Target;
  stop(): Promise<void>;
}

async function start(): Promise<Started> {
  const { endpoints, region, credentials, stop } = process.env.ENDPOINT
    ? elsewhere(process.env.ENDPOINT)
    : await here();
  const connection = { region, credentials, maxAttempts: 1 };
  const s3 = new S3({ ...connection, endpoint: endpoints.s3, forcePathStyle: true });
  const sqs = new SQS({ ...connection, endpoint: endpoints.sqs });
  const sns = new SNS({ ...connection, endpoint: endpoints.sns });
  const dynamodb = new DynamoDB({ ...connection, endpoint: endpoints.dynamodb });
  const iam = new IAM({ ...connection, region: "us-east-1", endpoint: endpoints.iam }); // AWS has one, for all regions.
  const sts = new STS({ ...connection, endpoint: endpoints.sts });
  const lambda = new Lambda({ ...connection, endpoint: endpoints.lambda });
  const clients = { s3, sqs, sns, dynamodb, iam, sts, lambda };
  return {
    target: { endpoints, region, credentials, ...clients },
    async stop() {
      for (const client of Object.values(clients)) client.destroy();
      await stop();
    },
  };
}

async function here() {
  const cloud = await startTestCloud();
  const { endpoint, region, iam } = cloud;
  const lambda = createLambda(cloud, { maximumEnvironments: 4, closeGraceMs: 0, log: () => {} });
  lambda.resume();
  return {
    endpoints: allAt(() => endpoint),
    region,
    credentials: iam.rootCredentials,
    async stop() {
      await lambda.close();
      await cloud.stop();
    },
  };
}

function elsewhere(endpoint: string) {
  const {
    AWS_REGION = "us-east-1",
    AWS_ACCESS_KEY_ID = "test",
    AWS_SECRET_ACCESS_KEY = "test",
  } = process.env;
  const { AWS_SESSION_TOKEN } = process.env;
  const credentials: Credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
  };
  const endpoints = allAt((service) => {
    if (endpoint !== "aws") return endpoint;
    return service === "iam" ? "https://iam.amazonaws.com" : `https://${service}.${AWS_REGION}.amazonaws.com`;
  });
  return { endpoints, region: AWS_REGION, credentials, stop: async () => {} };
}

function allAt(addressOf: (service: Service) => string): Record<Service, string> {
  return {
    s3: addressOf("s3"),
    sqs: addressOf("sqs"),
    sns: addressOf("sns"),
    dynamodb: addressOf("dynamodb"),
    iam: addressOf("iam"),
    sts: addressOf("sts"),
    lambda: addressOf("lambda"),
  };
}
