// A received message: Lambda's record, read once.
import type { SQSRecord } from "aws-lambda";
import { type Contents, openEnvelope } from "./envelope.ts";

export interface Message extends Contents {
  id: string;
  receiptHandle: string;
  /** Uploads and backfill have a queue each. */
  queueArn: string;
  body: string;
  receiveCount: number;
  redriveCount: number;
  /** Whether somebody may have worked on it before, and died. */
  careful: boolean;
}

export function readMessage(record: SQSRecord, sourceBucket: string): Message {
  const contents = openEnvelope(record.body, sourceBucket);
  const receiveCount = countOf(record.attributes?.ApproximateReceiveCount, 1);
  const redriveCount = countOf(record.messageAttributes?.RedriveCount?.stringValue, 0);
  return {
    ...contents,
    id: record.messageId,
    receiptHandle: record.receiptHandle,
    queueArn: record.eventSourceARN,
    body: record.body,
    receiveCount,
    redriveCount,
    careful: contents.isRequested || receiveCount > 1 || redriveCount > 0,
  };
}

function countOf(text: string | undefined, otherwise: number): number {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 ? count : otherwise;
}
