// Buckets and queues without a worker, and what the command needs to reach them as it would a deployed stack.
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { s3Client, sqsClient, startTestCloud } from "./local-cloud.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface TestStack {
  s3: S3Client;
  sqs: SQSClient;
  sourceBucket: string;
  destinationBucket: string;
  workQueueUrl: string;
  backfillQueueUrl: string;
  deadLetterQueueUrl: string;
  /** `--outputs <file>` */
  words: string[];
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startStack(now: () => number = Date.now): Promise<TestStack> {
  const cloud = await startTestCloud({ now });
  const folder = temporaryFolder();
  const s3 = s3Client(cloud);
  const sqs = sqsClient(cloud);
  for (const Bucket of ["source", "destination"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const create = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const outputs = {
    sourceBucket: "source",
    destinationBucket: "destination",
    workQueueUrl: await create("work"),
    backfillQueueUrl: await create("backfill"),
    deadLetterQueueUrl: await create("dead-letters"),
  };
  const file = folder.write("outputs.json", JSON.stringify({ ...outputs, region: cloud.region }));
  const { accessKeyId, secretAccessKey } = cloud.iam.rootCredentials;
  return {
    s3,
    sqs,
    ...outputs,
    words: ["--outputs", file],
    environment: {
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    async stop() {
      await cloud.stop();
      folder.remove();
    },
  };
}
