// Looks at the dead-letter queue without taking anything out of it. SQS can only be read by receiving, which hides a
// message for a while: so everything received is made visible again at the end, also when the reader stops early.
import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { bareEtag } from "./etag.ts";
import type { Target } from "./target.ts";

export interface DeadLetter {
  messageId: string;
  body: string;
  /** Nothing when SQS moved the message by itself: the worker ended each time before it could say why. */
  reason: { code: string; message: string } | undefined;
  sourceKey: string | undefined;
  /** Which content of the source it is about, as far as the message says. */
  sourceEtag: string | undefined;
  receiveCount: number;
  redriveCount: number;
  failedAt: string | undefined;
}

/** Long enough to page through a queue; if we are killed, the messages are back after that long. */
const HIDDEN_SECONDS = 60;
/** SQS's limit for one request. */
const MAX_PAGE = 10;

export interface ListOptions {
  signal?: AbortSignal;
  /** Asks every server of the queue; 0 asks a few, and a queue that holds little can look empty. */
  waitSeconds?: number;
}

/** Every dead letter once, in no order. */
export async function* listDeadLetters(
  { sqs, deadLetterQueueUrl }: Pick<Target, "sqs" | "deadLetterQueueUrl">,
  { signal, waitSeconds = 1 }: ListOptions = {},
): AsyncGenerator<DeadLetter, void, undefined> {
  const receiptHandles = new Map<string, string>();
  try {
    while (true) {
      signal?.throwIfAborted();
      // Not aborted while under way: what SQS hands out to nobody would stay hidden.
      const page = await receive(sqs, deadLetterQueueUrl, waitSeconds);
      const unseen = page.filter(({ MessageId = "" }) => !receiptHandles.has(MessageId));
      for (const { MessageId = "", ReceiptHandle = "" } of page) receiptHandles.set(MessageId, ReceiptHandle);
      if (unseen.length === 0) return;
      yield* unseen.map(toDeadLetter);
    }
  } finally {
    await release(sqs, deadLetterQueueUrl, [...receiptHandles.values()]);
  }
}

async function receive(sqs: SQSClient, queueUrl: string, waitSeconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: MAX_PAGE,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: waitSeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    }),
  );
  return Messages;
}

async function release(sqs: SQSClient, queueUrl: string, receiptHandles: readonly string[]): Promise<void> {
  for (let start = 0; start < receiptHandles.length; start += MAX_PAGE) {
    const page = receiptHandles.slice(start, start + MAX_PAGE);
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: page.map((ReceiptHandle, index) => ({
          Id: `${index}`,
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
  }
}

export function toDeadLetter({
  MessageId = "",
  Body = "",
  MessageAttributes = {},
  Attributes = {},
}: Message): DeadLetter {
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  const code = attribute("ReasonCode");
  const source = sourceOf(Body);
  return {
    messageId: MessageId,
    body: Body,
    reason: code === undefined ? undefined : { code, message: attribute("ReasonMessage") ?? "" },
    sourceKey: attribute("SourceKey") ?? source?.key,
    sourceEtag: source?.etag,
    receiveCount: Number(attribute("ReceiveCount") ?? Attributes.ApproximateReceiveCount ?? 0),
    redriveCount: Number(attribute("RedriveCount") ?? 0),
    failedAt: attribute("FailedAt"),
  };
}

interface EventObject {
  key?: unknown;
  eTag?: unknown;
}

/** The object of an S3 event. Anything else, and anything damaged, has none: dead letters may hold whatever was sent. */
function sourceOf(body: string): { key: string; etag: string | undefined } | undefined {
  try {
    const content = JSON.parse(body) as { Records?: { s3?: { object?: EventObject } }[] };
    const { key, eTag } = content.Records?.[0]?.s3?.object ?? {};
    if (typeof key !== "string") return undefined;
    return {
      key: decodeURIComponent(key.replaceAll("+", " ")),
      etag: typeof eTag === "string" ? bareEtag(eTag) : undefined,
    };
  } catch {
    return undefined;
  }
}
