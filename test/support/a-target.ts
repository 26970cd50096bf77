// Two buckets and three queues in a local cloud: what an operation works on, without the pipeline between them.
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { type Manifest, manifestKey } from "../../operations/manifest.ts";
import type { Target } from "../../operations/target.ts";
import { connection, s3Client, sqsClient, startTestCloud, type TestCloud } from "./local-cloud.ts";

export interface TestTarget extends Target {
  cloud: TestCloud;
  stop(): Promise<void>;
}

export async function startTarget(now: () => number = Date.now): Promise<TestTarget> {
  const cloud = await startTestCloud({ now });
  const s3 = s3Client(cloud);
  const sqs = sqsClient(cloud);
  await s3.send(new CreateBucketCommand({ Bucket: "source" }));
  await s3.send(new CreateBucketCommand({ Bucket: "destination" }));
  return {
    cloud,
    s3,
    sqs,
    cloudwatch: async () => new CloudWatchClient(connection(cloud)),
    sourceBucket: "source",
    destinationBucket: "destination",
    workQueueUrl: await createQueue(sqs, "work"),
    backfillQueueUrl: await createQueue(sqs, "backfill"),
    deadLetterQueueUrl: await createQueue(sqs, "dead-letters"),
    stop: () => cloud.stop(),
  };
}

async function createQueue(sqs: SQSClient, name: string): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  return QueueUrl;
}

/** Writes a manifest and its renditions, as the worker does. */
export async function publish({ s3, destinationBucket }: Target, manifest: Manifest): Promise<void> {
  for (const { key } of manifest.renditions) {
    await s3.send(new PutObjectCommand({ Bucket: destinationBucket, Key: key, Body: `bytes of ${key}` }));
  }
  await s3.send(
    new PutObjectCommand({
      Bucket: destinationBucket,
      Key: manifestKey(manifest.source.key),
      Body: JSON.stringify(manifest),
    }),
  );
}
