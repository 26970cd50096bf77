// One batch of messages: the function is invoked with it, and what the function has done is deleted.
import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import type { Place } from "../environments/pool.ts";
import { FunctionError, type Invocation, RecursionError, ThrottledError } from "../function.ts";
import { doneAfter } from "./batch-response.ts";
import { toEvents, toRecord } from "./sqs-event.ts";

interface BatchContext {
  sqs: SQSClient;
  queueUrl: string;
  queueArn: string;
  batchWindowSeconds: number;
  reportBatchItemFailures: boolean;
  place: Place;
  closing: AbortSignal;
  report(problem: string): void;
}

const MAX_PER_DELETE = 10;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5000;
const NOTHING_DONE = [FunctionError, ThrottledError, RecursionError];

export async function processBatch(messages: readonly Message[], context: BatchContext): Promise<void> {
  const records = messages.map((message) => toRecord(message, context.queueArn));
  for (const event of toEvents(records)) {
    if (context.closing.aborted) return;
    const done = await invoke(event, context);
    for (let at = 0; at < done.length; at += MAX_PER_DELETE) {
      await remove(done.slice(at, at + MAX_PER_DELETE), context);
    }
  }
}

/** What is done and may be deleted. After an exception, a time-out, a crash, too long without concurrency, or in a loop: nothing. */
async function invoke(records: readonly SQSRecord[], context: BatchContext): Promise<readonly SQSRecord[]> {
  try {
    const traces = records.flatMap(({ attributes }) => attributes.AWSTraceHeader ?? []);
    const answer = await invokeUnthrottled({ event: JSON.stringify({ Records: records }), traces }, context);
    if (!context.reportBatchItemFailures) return records;
    const messageIds = records.map(({ messageId }) => messageId);
    const done = new Set(doneAfter(answer, messageIds));
    return records.filter(({ messageId }) => done.has(messageId));
  } catch (error) {
    if (error instanceof RecursionError) context.report(error.message);
    if (NOTHING_DONE.some((kind) => error instanceof kind)) return [];
    throw error;
  }
}

/**
 * A throttled batch is tried again, ever less often, until its messages are about to be visible: then others receive them, and
 * the receive has counted. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
async function invokeUnthrottled(invocation: Invocation, context: BatchContext): Promise<string> {
  const { place, closing, batchWindowSeconds } = context;
  // The first message of the batch was hidden a whole window ago.
  const hiddenMs = Date.now() - batchWindowSeconds * 1000;
  let visibilityMs: number | undefined;
  for (let pauseMs = FIRST_RETRY_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
    try {
      return await place.invoke(invocation);
    } catch (error) {
      if (!(error instanceof ThrottledError)) throw error;
      visibilityMs ??= await visibilityOf(context);
      if (Date.now() + pauseMs >= hiddenMs + visibilityMs || closing.aborted) throw error;
      await sleep(pauseMs, undefined, { signal: closing }).catch(() => {});
    }
  }
}

async function visibilityOf({ sqs, queueUrl }: Pick<BatchContext, "sqs" | "queueUrl">): Promise<number> {
  const command = new GetQueueAttributesCommand({
    QueueUrl: queueUrl,
    AttributeNames: ["VisibilityTimeout"],
  });
  return Number((await sqs.send(command)).Attributes?.VisibilityTimeout) * 1000;
}

async function remove(records: readonly SQSRecord[], { sqs, queueUrl, report }: BatchContext): Promise<void> {
  const Entries = records.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  for (const { Message = "" } of Failed) report(`A message was not deleted: ${Message}`);
}
