// Looks at the dead-letter queue without taking anything out of it. SQS can only be read by receiving, which hides a
// message for a while: so everything received is made visible again at the end, also when the reader stops early.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import pLimit from "p-limit";
import { bareEtag } from "../etag.ts";
import { messageCount, queueDepth } from "../queue-depth.ts";
import type { Target } from "../target.ts";

export interface DeadLetter {
  messageId: string;
  /** Good until the message is received again. */
  receiptHandle: string;
  body: string;
  /** All of them, as they are. */
  attributes: Record<string, MessageAttributeValue>;
  /** Its retention counts from here. */
  sentAtMs: number;
  /** Nothing when SQS moved the message by itself: the worker ended each time before it could say why. */
  reason: { code: string; message: string } | undefined;
  /** The queue that SQS moved it from; nothing when it was sent here, as the worker does. */
  movedFrom: string | undefined;
  workerVersion: string | undefined;
  sourceKey: string | undefined;
  /** Which content of the source it is about, as far as the message says. */
  sourceEtag: string | undefined;
  receiveCount: number;
  redriveCount: number;
  failedAt: string | undefined;
}

type Queue = Pick<Target, "sqs" | "deadLetterQueueUrl">;

/** Long enough to page through a queue; if we are killed, the messages are back after that long. */
export const HIDDEN_SECONDS = 60;
/** SQS's limit for one request. */
const MAX_PAGE = 10;
/** Ten thousand letters are a thousand requests: one after the other, those would take longer than people wait. */
const RELEASES_AT_ONCE = 8;

export interface ListOptions {
  signal?: AbortSignal;
  /** Asks every server of the queue; 0 asks a few, and a queue that holds little can look empty. */
  waitSeconds?: number;
}

/** Every dead letter once, in no order. */
export async function* listDeadLetters(
  target: Queue,
  options: ListOptions = {},
): AsyncGenerator<DeadLetter, void, undefined> {
  for await (const page of scanDeadLetters(target, options)) yield* page;
}

export interface ScanOptions extends ListOptions {
  /** Message ids that the reader has deleted meanwhile. */
  removed?: ReadonlySet<string>;
}

/** Every dead letter once, a page at a time: whoever works on a page has `HIDDEN_SECONDS` before others see it. */
export async function* scanDeadLetters(
  { sqs, deadLetterQueueUrl }: Queue,
  { signal, waitSeconds = 1, removed = new Set() }: ScanOptions = {},
): AsyncGenerator<DeadLetter[], void, undefined> {
  const receiptHandles = new Map<string, string>();
  let pagesWithoutNews = 0;
  try {
    // What was hidden for longer than a slow reader took comes again: it is hidden again, until nothing else is left.
    while (pagesWithoutNews <= receiptHandles.size / MAX_PAGE) {
      signal?.throwIfAborted();
      // Not aborted while under way: what SQS hands out to nobody would stay hidden.
      const page = await receive(sqs, deadLetterQueueUrl, waitSeconds);
      if (page.length === 0) return;
      const unseen = page.filter(({ MessageId = "" }) => !receiptHandles.has(MessageId));
      for (const { MessageId = "", ReceiptHandle = "" } of page) receiptHandles.set(MessageId, ReceiptHandle);
      pagesWithoutNews = unseen.length > 0 ? 0 : pagesWithoutNews + 1;
      if (unseen.length > 0) yield unseen.map(toDeadLetter);
    }
  } finally {
    const left = [...receiptHandles].filter(([messageId]) => !removed.has(messageId));
    await release(
      sqs,
      deadLetterQueueUrl,
      left.map(([, receiptHandle]) => receiptHandle),
    );
  }
}

/**
 * How many somebody else has in hand, when a scan has just seen all but those, and left so many. What it released itself
 * may count as in flight for up to a minute at AWS, but not twice.
 */
export async function countHidden({ sqs, deadLetterQueueUrl }: Queue, left: number): Promise<number> {
  const depth = await queueDepth(sqs, deadLetterQueueUrl);
  return Math.max(0, Math.min(depth.inFlight, messageCount(depth) - left));
}

/** Deletes at most a page of them; resolves to the message ids of those that are gone. */
export async function removeDeadLetters(
  { sqs, deadLetterQueueUrl }: Queue,
  letters: readonly DeadLetter[],
): Promise<string[]> {
  if (letters.length === 0) return [];
  const { Successful = [] } = await sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: deadLetterQueueUrl,
      Entries: letters.map(({ receiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle: receiptHandle })),
    }),
  );
  return Successful.map(({ Id }) => letters[Number(Id)]?.messageId ?? "");
}

async function receive(sqs: SQSClient, queueUrl: string, waitSeconds: number): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: MAX_PAGE,
      VisibilityTimeout: HIDDEN_SECONDS,
      WaitTimeSeconds: waitSeconds,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp", "DeadLetterQueueSourceArn"],
    }),
  );
  return Messages;
}

async function release(sqs: SQSClient, queueUrl: string, receiptHandles: readonly string[]): Promise<void> {
  const pages = Array.from({ length: Math.ceil(receiptHandles.length / MAX_PAGE) }, (_, index) =>
    receiptHandles.slice(index * MAX_PAGE, (index + 1) * MAX_PAGE),
  );
  await pLimit(RELEASES_AT_ONCE).map(pages, (page) =>
    sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: page.map((ReceiptHandle, index) => ({
          Id: `${index}`,
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    ),
  );
}

export function toDeadLetter({
  MessageId = "",
  ReceiptHandle = "",
  Body = "",
  MessageAttributes = {},
  Attributes = {},
}: Message): DeadLetter {
  const attribute = (name: string) => MessageAttributes[name]?.StringValue;
  const code = attribute("ReasonCode");
  const source = sourceOf(Body);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: MessageAttributes,
    sentAtMs: Number(Attributes.SentTimestamp ?? 0),
    reason: code === undefined ? undefined : { code, message: attribute("ReasonMessage") ?? "" },
    movedFrom: Attributes.DeadLetterQueueSourceArn?.split(":").at(-1),
    workerVersion: attribute("WorkerVersion"),
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
