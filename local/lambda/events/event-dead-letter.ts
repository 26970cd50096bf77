// The dead letter of an event that was given up: its payload, and why, in attributes.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
import { type MessageAttributeValue, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Functions } from "../functions.ts";
import type { Defeat } from "./event-fate.ts";
import type { QueuedEvent } from "./event-table.ts";

const MAX_MESSAGE_LENGTH = 1024;

interface DeadLetterOptions {
  functions: Functions;
  queueUrlOf(arn: string): string;
  report(functionArn: string, problem: string): void;
}

/** Without a queue for dead letters, or when it does not take it, the event is lost, as in AWS. */
export async function bury(
  event: QueuedEvent,
  why: Defeat,
  { functions, queueUrlOf, report }: DeadLetterOptions,
): Promise<void> {
  const found = functions.lookup(ownArn(event));
  const { deadLetterTargetArn } = found?.pool.configuration() ?? {};
  if (!found || deadLetterTargetArn === undefined)
    return report(event.arn, `An event was given up, ${event.id}: ${why.message}`);
  const command = new SendMessageCommand({
    QueueUrl: queueUrlOf(deadLetterTargetArn),
    MessageBody: event.payload,
    MessageAttributes: attributesOf(event, why),
  });
  try {
    await found.sqs().send(command);
  } catch (error) {
    report(event.arn, `An event was lost, ${event.id}: ${(error as Error).message}`);
  }
}

/** Of the function itself. */
export function ownArn({ arn }: QueuedEvent): string {
  return arn.split(":").slice(0, 7).join(":");
}

function attributesOf({ id }: QueuedEvent, { code, message }: Defeat): Record<string, MessageAttributeValue> {
  // SQS takes neither control characters nor halves of others.
  const text = message
    .slice(0, MAX_MESSAGE_LENGTH)
    .replaceAll(/\p{Cc}/gu, " ")
    .toWellFormed();
  return {
    RequestID: { DataType: "String", StringValue: id },
    ErrorCode: { DataType: "Number", StringValue: String(code) },
    ErrorMessage: { DataType: "String", StringValue: text || "Unknown" },
  };
}
