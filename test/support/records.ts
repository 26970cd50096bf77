// Messages as Lambda hands them over, with one odd fact per test.
import type { SQSRecord } from "aws-lambda";

export interface RecordFacts {
  id?: string;
  /** Source keys, one S3 record each; ignored when there is a body. */
  keys?: string[];
  body?: string;
  receiveCount?: number | string;
  sentMs?: number;
  attributes?: Record<string, string>;
}

export const SOURCE_BUCKET = "uploads";

let serial = 0;

export function aRecord({
  id,
  keys = ["cat.jpg"],
  body,
  receiveCount = 1,
  sentMs,
  attributes = {},
}: RecordFacts = {}) {
  serial += 1;
  const messageId = id ?? `message-${serial}`;
  const messageAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: "String" }]),
  );
  return {
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body: body ?? s3Event(...keys),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      ...(sentMs !== undefined && { SentTimestamp: String(sentMs) }),
    },
    messageAttributes,
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:work",
  } as SQSRecord;
}

export function s3Event(...keys: string[]): string {
  return JSON.stringify({ Records: keys.map((key) => s3Record(key)) });
}

/** Keys are encoded like a form, as S3 does. */
export function s3Record(key: string, fields: Record<string, unknown> = {}) {
  return {
    eventVersion: "2.5",
    eventSource: "aws:s3",
    eventName: "ObjectCreated:Put",
    s3: {
      bucket: { name: SOURCE_BUCKET },
      object: { key: encodeURIComponent(key).replaceAll("%20", "+"), size: 1 },
    },
    ...fields,
  };
}
