// AWS on one machine: S3, SQS, SNS, DynamoDB and CloudWatch (and what is added to them) at one address, with IAM in front. State
// is one SQLite file, a folder of blobs and one of tables, so kill -9 at any moment loses no acknowledged object or message.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createCloudwatch } from "./cloudwatch/cloudwatch.ts";
import { createDynamodb } from "./dynamodb/dynamodb.ts";
import type { Faults } from "./faults/faults.ts";
import { createIamApi } from "./iam/api.ts";
import { createIam, type Iam } from "./iam/iam.ts";
import { createSts } from "./iam/sts.ts";
import { type Authenticate, createAuthentication } from "./protocol/authentication.ts";
import { type Handle, type Request, serve } from "./protocol/http.ts";
import { readSignature } from "./protocol/signature.ts";
import { createS3 } from "./s3/s3.ts";
import { createSns } from "./sns/sns.ts";
import { createSqs, type Sqs } from "./sqs/sqs.ts";
import { openBlobs } from "./storage/blobs.ts";
import { type Database, openDatabase } from "./storage/database.ts";

export interface CloudOptions {
  dataDirectory: string;
  /** 0 takes any free one. */
  port?: number;
  region?: string;
  accountId?: string;
  now?(): number;
  /** Waits for the disk before every answer, so that a power loss takes nothing either; kill -9 never does. */
  fsync?: boolean;
  /** What shall go wrong; nothing, when absent. */
  faults?: Faults;
  /** Errors that are ours, not the client's. */
  reportBug?(error: unknown): void;
}

export interface Cloud {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  region: string;
  accountId: string;
  dataDirectory: string;
  database: Database;
  iam: Iam;
  handle: Handle;
  /** From now on, requests that are signed for this service go to what `create` makes. */
  addService(name: string, create: (front: Front) => Handle): void;
  close(): Promise<void>;
}

/** What every service is told about those who call it. */
interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const {
    dataDirectory,
    port = 0,
    region = "us-east-1",
    accountId = "000000000000",
    now = Date.now,
    fsync = false,
    faults,
  } = options;
  const reportBug =
    options.reportBug ?? ((error) => process.emitWarning(error instanceof Error ? error : String(error)));
  mkdirSync(dataDirectory, { recursive: true });
  const database = openDatabase(join(dataDirectory, "state.db"), { fsync });
  const blobs = openBlobs(join(dataDirectory, "blobs"), { fsync });
  const iam = createIam(accountId, { database, now });
  const front = { authenticate: createAuthentication(iam, now), reportBug };
  const sqs = createSqs({ database, iam, region, accountId, now, ...front });
  const deliver = faults ? unreliably(sqs.deliver, faults) : sqs.deliver;
  const s3 = await createS3({ database, blobs, iam, region, accountId, now, deliver }, front);
  const sns = createSns({ database, iam, sqs: { ...sqs, deliver }, region, accountId, now }, front);
  const path = join(dataDirectory, "dynamodb");
  const dynamodb = createDynamodb({ database, iam, region, accountId, path }, front);
  const services = new Map<string, Handle>([
    ["sqs", sqs.handle],
    ["sns", sns],
    ["dynamodb", dynamodb.handle],
    ["monitoring", createCloudwatch({ iam, sqs, now }, front)],
    ["iam", createIamApi({ database, iam, accountId, now }, front)],
    ["sts", createSts({ database, iam, accountId, now }, front)],
  ]);
  const handle: Handle = (request) => {
    const signature = readSignature(request);
    const asked = signature ? signature.service : looksLikeSqs(request) ? "sqs" : "s3";
    return (services.get(asked) ?? s3)(request);
  };
  const server = await serve(faults ? faults.disturb(handle) : handle, port);
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    region,
    accountId,
    dataDirectory,
    database,
    iam,
    handle,
    addService: (name, create) => services.set(name, create(front)),
    async close() {
      sqs.close();
      await server.close();
      await dynamodb.close();
      database.close();
    },
  };
}

/** At least once, in any order. */
function unreliably(deliver: Sqs["deliver"], faults: Faults): Sqs["deliver"] {
  return (delivery) => {
    const wakes = faults.announcements().map((delay) => deliver({ ...delivery, ...delay }));
    return () => {
      for (const wake of wakes) wake();
    };
  };
}

/** The services share the address: a signature says which one it is for. Without, a request is refused in its form. */
function looksLikeSqs({ method, headers }: Request): boolean {
  if (headers["x-amz-target"]?.startsWith("AmazonSQS.")) return true;
  return (
    method === "POST" && headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true
  );
}
