// The event a function receives for messages of a queue.
// https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttribute, SQSRecord } from "aws-lambda";

/** 6 MB for the whole event, metadata included. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const ENVELOPE_BYTES = Buffer.byteLength('{"Records":[]}');

export function toRecord(message: Message, queueArn: string): SQSRecord {
  const {
    MessageId = "",
    ReceiptHandle = "",
    Body = "",
    Attributes = {},
    MessageAttributes = {},
    MD5OfBody = "",
  } = message;
  const messageAttributes = Object.entries(MessageAttributes).map(([name, value]) => [
    name,
    toAttribute(value),
  ]);
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes as unknown as SQSRecord["attributes"],
    messageAttributes: Object.fromEntries(messageAttributes),
    md5OfBody: MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}

function toAttribute({
  StringValue,
  BinaryValue,
  DataType = "String",
}: MessageAttributeValue): SQSMessageAttribute {
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString("base64") }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}

/** As few events as the limit allows, in order. A record always fits: a message has at most 1 MiB. */
export function toEvents(records: readonly SQSRecord[], limitBytes = MAX_EVENT_BYTES): SQSRecord[][] {
  const events: SQSRecord[][] = [];
  let left = 0;
  for (const record of records) {
    const bytes = recordBytes(record);
    if (bytes > left) {
      events.push([]);
      left = limitBytes - ENVELOPE_BYTES;
    }
    events.at(-1)?.push(record);
    left -= bytes;
  }
  return events;
}

/** With the comma that separates it from the next. */
export function recordBytes(record: SQSRecord): number {
  return Buffer.byteLength(JSON.stringify(record)) + 1;
}
