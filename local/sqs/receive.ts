// ReceiveMessage, short and long polls.
import type { ReceiveMessageCommandInput } from "@aws-sdk/client-sqs";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { permittedQueue, type SqsContext } from "./context.ts";
import { attributesMd5, invalid, type MessageAttributes } from "./message-attributes.ts";
import type { MessageRow } from "./message-table.ts";
import type { Queue } from "./queues.ts";
import { handleOf } from "./receipt-handle.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const MAX_IN_FLIGHT = 120_000;

export async function receiveMessages(
  context: SqsContext,
  input: ReceiveMessageCommandInput,
  request: Request,
): Promise<object> {
  const queue = permittedQueue(context, request, "ReceiveMessage", input.QueueUrl);
  const maximum = within(input.MaxNumberOfMessages ?? 1, 1, 10, "MaxNumberOfMessages");
  const waitMs =
    input.WaitTimeSeconds === undefined
      ? queue.settings.waitMs
      : within(input.WaitTimeSeconds, 0, 20, "WaitTimeSeconds", "Must be >= 0 and <= 20") * 1000;
  const visibilityMs =
    input.VisibilityTimeout === undefined
      ? queue.settings.visibilityMs
      : within(input.VisibilityTimeout, 0, 43_200, "VisibilityTimeout") * 1000;
  if (context.messages.inFlight.isAtLeast(MAX_IN_FLIGHT, queue)) {
    throw new ServiceError("OverLimit", "Too many messages in flight: delete some of them, or wait.", {
      status: 403,
    });
  }
  const taken = await takeWithin(context, queue, waitMs, request.signal, {
    maximum,
    visibilityMs,
    receiver: request.principal?.arn ?? "",
  });
  return taken.length === 0 ? {} : { Messages: taken.map((row) => describe(row, input)) };
}

type TakeOptions = Parameters<SqsContext["messages"]["take"]>[1];

/** Waits for the first message; does not wait for more. */
async function takeWithin(
  context: SqsContext,
  queue: Queue,
  waitMs: number,
  signal: AbortSignal,
  options: TakeOptions,
): Promise<MessageRow[]> {
  const until = context.now() + waitMs;
  while (!signal.aborted && !context.closing.aborted) {
    const { taken, deadLettered } = await context.database.write(() =>
      context.messages.take(context.queues.current(queue), options),
    );
    if (deadLettered) context.arrivals.announce(deadLettered);
    const leftMs = until - context.now();
    if (taken.length > 0 || leftMs <= 0) return taken;
    const nextMs = (context.messages.nextVisibleAt(queue) ?? Infinity) - context.now();
    const ended = AbortSignal.any([signal, context.closing]);
    await context.arrivals.wait(queue, Math.max(1, Math.min(leftMs, nextMs)), ended);
  }
  return [];
}

function describe(row: MessageRow, input: ReceiveMessageCommandInput): object {
  const system: Record<string, string> = {
    SenderId: row.sender,
    SentTimestamp: String(row.sent),
    ApproximateReceiveCount: String(row.receives),
    ApproximateFirstReceiveTimestamp: String(row.first_received),
    ...(row.dead_letter_source !== null && { DeadLetterQueueSourceArn: row.dead_letter_source }),
    ...(row.trace !== null && { AWSTraceHeader: row.trace }),
    ...(row.message_group !== null && { MessageGroupId: row.message_group }),
  };
  const asked = new Set<string>([
    ...(input.AttributeNames ?? []),
    ...(input.MessageSystemAttributeNames ?? []),
  ]);
  const Attributes = pick(system, (name) => asked.has("All") || asked.has(name));
  const stored = row.attributes === null ? {} : (JSON.parse(row.attributes) as MessageAttributes);
  const MessageAttributes = pick(stored, (name) =>
    (input.MessageAttributeNames ?? []).some((pattern) => names(pattern, name)),
  );
  return {
    MessageId: row.message_id,
    ReceiptHandle: handleOf(row),
    Body: row.body,
    MD5OfBody: row.body_md5,
    ...(Object.keys(Attributes).length > 0 && { Attributes }),
    ...(Object.keys(MessageAttributes).length > 0 && {
      MessageAttributes,
      MD5OfMessageAttributes: attributesMd5(MessageAttributes),
    }),
  };
}

/** `All`, `.*`, `*`, a name, or the start of one followed by `.*`. */
function names(pattern: string, name: string): boolean {
  if (["All", ".*", "*", name].includes(pattern)) return true;
  return pattern.endsWith(".*") && name.startsWith(pattern.slice(0, -2));
}

function pick<Value>(all: Record<string, Value>, wanted: (name: string) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
}

function within(
  value: number,
  minimum: number,
  maximum: number,
  parameter: string,
  reason = `Must be between ${minimum} and ${maximum}`,
): number {
  if (value >= minimum && value <= maximum) return value;
  throw invalid(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}, if provided.`);
}
