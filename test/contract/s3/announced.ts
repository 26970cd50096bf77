// What arrives at a queue that a bucket tells of its changes.
import type { Event, NotificationConfiguration } from "@aws-sdk/client-s3";
import type { TestQueue } from "../sqs/a-queue.ts";
import type { Target } from "../target.ts";

export interface EventRecord {
  eventVersion: string;
  eventSource: string;
  awsRegion: string;
  eventTime: string;
  eventName: string;
  userIdentity: { principalId: string };
  requestParameters: { sourceIPAddress: string };
  responseElements: Record<string, string>;
  s3: {
    s3SchemaVersion: string;
    configurationId: string;
    bucket: { name: string; arn: string; ownerIdentity: { principalId: string } };
    object: { key: string; size?: number; eTag?: string; versionId?: string; sequencer: string };
  };
}

/** The policy under which the bucket, and nobody else, may send to the queue. */
export function policyFor(queueArn: string, bucket: string): string {
  const Statement = {
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: { ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${bucket}` } },
  };
  return JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
}

export function configure(
  { s3 }: Target,
  Bucket: string,
  NotificationConfiguration: NotificationConfiguration,
  SkipDestinationValidation = false,
) {
  return s3.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration,
    SkipDestinationValidation,
  });
}

/** Allows, configures, and takes the test event off the queue. */
export async function announceTo(target: Target, queue: TestQueue, bucket: string, Events: Event[] = []) {
  await queue.set({ Policy: policyFor(queue.arn, bucket) });
  await configure(target, bucket, {
    QueueConfigurations: [
      {
        QueueArn: queue.arn,
        Events: Events.length > 0 ? Events : ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
      },
    ],
  });
  await take(target, queue);
}

/** The next message, deleted; undefined when none comes. */
export async function take({ sqs }: Target, queue: TestQueue): Promise<unknown> {
  const [message] = await queue.receive({ MaxNumberOfMessages: 1, WaitTimeSeconds: 5 });
  if (!message) return undefined;
  await sqs.deleteMessage({ QueueUrl: queue.url, ReceiptHandle: message.ReceiptHandle });
  return JSON.parse(message.Body ?? "");
}

export async function nextRecord(target: Target, queue: TestQueue): Promise<EventRecord> {
  const { Records } = (await take(target, queue)) as { Records: EventRecord[] };
  return Records[0]!;
}
