// One batch of messages: the function is invoked with it, and what the function has done is deleted.
import { DeleteMessageBatchCommand, type Message, type SQSClient } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { doneAfter } from "./batch-response.ts";
import { FunctionError } from "./function.ts";
import type { Place } from "./pool.ts";
import { toEvents, toRecord } from "./sqs-event.ts";

interface BatchContext {
  sqs: SQSClient;
  queueUrl: string;
  queueArn: string;
  reportBatchItemFailures: boolean;
  place: Place;
  closing: AbortSignal;
  report(problem: string): void;
}

const MAX_PER_DELETE = 10;

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

/** What is done and may be deleted. After an exception, a time-out or a crash: nothing. */
async function invoke(records: readonly SQSRecord[], context: BatchContext): Promise<readonly SQSRecord[]> {
  try {
    const answer = await context.place.invoke(JSON.stringify({ Records: records }));
    if (!context.reportBatchItemFailures) return records;
    const messageIds = records.map(({ messageId }) => messageId);
    const done = new Set(doneAfter(answer, messageIds));
    return records.filter(({ messageId }) => done.has(messageId));
  } catch (error) {
    if (error instanceof FunctionError) return [];
    throw error;
  }
}

async function remove(records: readonly SQSRecord[], { sqs, queueUrl, report }: BatchContext): Promise<void> {
  const Entries = records.map(({ receiptHandle }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
  }));
  const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  for (const { Message = "" } of Failed) report(`A message was not deleted: ${Message}`);
}
