// Dead letters as lines of JSON, and back: nothing that a redrive or a look needs is lost on the way.
import { type MessageAttributeValue, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import * as v from "valibot";
import { expected } from "../../settings/problem.ts";
import type { Target } from "../target.ts";
import { type DeadLetter, removeDeadLetters, scanDeadLetters, toDeadLetter } from "./dead-letters.ts";

type Queue = Pick<Target, "sqs" | "deadLetterQueueUrl">;

const LineSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    messageId: v.string(),
    sentAt: v.string(),
    body: v.string(),
    attributes: v.record(
      v.string(),
      v.object({ type: v.string(), text: v.optional(v.string()), base64: v.optional(v.string()) }),
    ),
  }),
);

export function toLine({ messageId, sentAtMs, body, attributes }: DeadLetter): string {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    {
      type: DataType,
      ...(StringValue !== undefined && { text: StringValue }),
      ...(BinaryValue !== undefined && { base64: Buffer.from(BinaryValue).toString("base64") }),
    },
  ]);
  const sentAt = new Date(sentAtMs).toISOString();
  return JSON.stringify({ messageId, sentAt, body, attributes: Object.fromEntries(entries) });
}

/** Without a receipt. Throws what a person can mend. */
export function fromLine(line: string, name: string): DeadLetter {
  const result = v.safeParse(LineSchema, line);
  if (!result.success) throw new Error(expected("a dead letter that `dlq export` wrote", name, line));
  const { messageId, sentAt, body, attributes } = result.output;
  const entries = Object.entries(attributes).map(([attribute, { type, text, base64 }]) => [
    attribute,
    {
      DataType: type,
      ...(text !== undefined && { StringValue: text }),
      ...(base64 !== undefined && { BinaryValue: Buffer.from(base64, "base64") }),
    },
  ]);
  return toDeadLetter({
    MessageId: messageId,
    Body: body,
    MessageAttributes: Object.fromEntries(entries) as Record<string, MessageAttributeValue>,
    Attributes: { SentTimestamp: String(Date.parse(sentAt)) },
  });
}

/** One at a time, because each may be as large as a request. Resolves to how many were taken. */
export async function importDeadLetters(
  { sqs, deadLetterQueueUrl }: Queue,
  letters: readonly Pick<DeadLetter, "body" | "attributes">[],
  signal?: AbortSignal,
): Promise<number> {
  for (const [index, { body, attributes }] of letters.entries()) {
    if (signal?.aborted) return index;
    const Entries = [{ Id: "0", MessageBody: body, MessageAttributes: attributes }];
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: deadLetterQueueUrl, Entries }),
    );
    if (Failed[0]) throw new Error(`The queue did not take letter ${index + 1}: ${Failed[0].Message}`);
  }
  return letters.length;
}

export interface DropOptions {
  /** Those that were shown to whoever decided; none that came later. */
  messageIds: ReadonlySet<string>;
  /** Called before each deletion; what it has not kept is not deleted. */
  keep(letters: readonly DeadLetter[]): Promise<void>;
  waitSeconds?: number;
  signal?: AbortSignal;
}

/** Resolves to how many are gone. */
export async function dropDeadLetters(
  target: Queue,
  { messageIds, keep, waitSeconds = 1, signal }: DropOptions,
): Promise<number> {
  const removed = new Set<string>();
  for await (const page of scanDeadLetters(target, { waitSeconds, removed })) {
    if (signal?.aborted) break;
    const chosen = page.filter(({ messageId }) => messageIds.has(messageId));
    await keep(chosen);
    for (const messageId of await removeDeadLetters(target, chosen)) removed.add(messageId);
  }
  return removed.size;
}
