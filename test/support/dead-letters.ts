// Puts dead letters into a queue as the worker writes them, and reads a queue whole.
import {
  DeleteMessageCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Target } from "../../operations/target.ts";
import { s3Event } from "./records.ts";

export interface LetterFacts {
  key: string;
  reason?: string;
  redriveCount?: number;
  failedAt?: string;
  attributes?: Record<string, MessageAttributeValue>;
  body?: string;
}

export async function sendDeadLetters(
  { sqs, deadLetterQueueUrl }: Pick<Target, "sqs" | "deadLetterQueueUrl">,
  letters: readonly LetterFacts[],
): Promise<void> {
  for (let start = 0; start < letters.length; start += 10) {
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: deadLetterQueueUrl,
        Entries: letters.slice(start, start + 10).map((letter, index) => ({
          Id: `${index}`,
          MessageBody: letter.body ?? s3Event(letter.key),
          MessageAttributes: attributesOf(letter),
        })),
      }),
    );
    if (Failed[0]) throw new Error(Failed[0].Message);
  }
}

function attributesOf({ key, reason = "TRUNCATED", redriveCount = 0, failedAt, attributes }: LetterFacts) {
  const texts = {
    ReasonCode: reason,
    ReasonMessage: "It ends too early.",
    SourceKey: key,
    ReceiveCount: "1",
    WorkerVersion: "0.1.0+01234567",
    FailedAt: failedAt ?? "2026-01-02T03:04:05.000Z",
    RedriveCount: String(redriveCount),
  };
  const entries = Object.entries(texts).map(([name, StringValue]) => [
    name,
    { DataType: "String", StringValue },
  ]);
  return { ...Object.fromEntries(entries), ...attributes };
}

/** Takes everything out of a queue that is visible. */
export async function drain(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const messages: Message[] = [];
  while (true) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
    );
    if (Messages.length === 0) return messages;
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    messages.push(...Messages);
  }
}

/** By name, only texts. */
export function textsOf({ MessageAttributes = {} }: Message): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  );
}

/** A worker that finds nothing to do: takes out what comes in, until it is told to stop. */
export function consume(sqs: SQSClient, QueueUrl: string): () => Promise<void> {
  const stop = new AbortController();
  const work = async () => {
    while (!stop.signal.aborted) {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      for (const { ReceiptHandle } of Messages)
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  };
  const working = work();
  return async () => {
    stop.abort();
    await working;
  };
}
