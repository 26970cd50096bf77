// Publishing: a message and its copies in the queues of subscribers are one transaction. As in AWS, a queue that is gone or
// does not allow its topic loses its copy, to the subscription's dead-letter queue if it has one: the publisher never hears.
// https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html
import { randomUUID } from "node:crypto";
import type { PublishBatchInput, PublishInput } from "@aws-sdk/client-sns";
import type { Principal } from "../iam/principal.ts";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { runBatch } from "../protocol/batch.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { MessageAttributes } from "../sqs/message-attributes.ts";
import { permittedTopic, type SnsContext } from "./context.ts";
import { parseFilterPolicy } from "./filter-policy.ts";
import { MAX_MESSAGE_BYTES, type Message, type Published, publishedBytes, readMessage } from "./message.ts";
import { invalid } from "./refusals.ts";
import { deadLetterQueueOf, scopeOf } from "./subscription-attributes.ts";
import { type Subscription, subscriptionsOf } from "./tables.ts";

const SNS_SERVICE: Principal = { kind: "service", arn: "sns.amazonaws.com" };
/** SQS takes no more; a raw message with more attributes is not delivered. */
const MAX_RAW_ATTRIBUTES = 10;

export function publishHandlers(context: SnsContext): Record<string, RpcHandler> {
  const { database } = context;
  return {
    Publish: async (input: PublishInput, request) => {
      const { TopicArn, TargetArn = TopicArn, PhoneNumber } = input;
      if (PhoneNumber !== undefined) throw invalid("PhoneNumber Reason: text messages are not served here");
      if (TargetArn === undefined)
        throw invalid("TopicArn or TargetArn Reason: no value for required parameter");
      const topic = permittedTopic(context, request, "Publish", { arn: TargetArn });
      const { sent, wakes } = await database.write(() => {
        const wakes: (() => void)[] = [];
        return { sent: publish(context, { topic: topic.arn, trace: traceOf(request) }, input, wakes), wakes };
      });
      for (const wake of wakes) wake();
      return sent;
    },
    PublishBatch: async (
      { TopicArn, PublishBatchRequestEntries: entries = [] }: PublishBatchInput,
      request,
    ) => {
      const topic = permittedTopic(context, request, "Publish", { arn: TopicArn });
      const bytes = entries.reduce((sum, entry) => sum + publishedBytes(entry), 0);
      if (bytes > MAX_MESSAGE_BYTES) {
        const message = "The length of all the messages put together is more than the limit.";
        throw new ServiceError("BatchRequestTooLong", message);
      }
      const { result, wakes } = await database.write(() => {
        const wakes: (() => void)[] = [];
        const result = runBatch("PublishBatch", entries, (entry) =>
          publish(context, { topic: topic.arn, trace: traceOf(request) }, entry, wakes),
        );
        return { result, wakes };
      });
      for (const wake of wakes) wake();
      return result;
    },
  };
}

/** Inside a write; adds what to do after the commit. */
function publish(
  context: SnsContext,
  { topic, trace }: { topic: string; trace: string | undefined },
  published: Published,
  wakes: (() => void)[],
): { MessageId: string } {
  const message = { ...readMessage(published), trace };
  const MessageId = randomUUID();
  for (const subscription of subscriptionsOf(context.database, topic)) {
    if (!subscription.isConfirmed || !isWanted(message, subscription)) continue;
    wakes.push(deliver(context, subscription, MessageId, message));
  }
  return { MessageId };
}

/** Passed through: https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html */
function traceOf({ headers }: Request): string | undefined {
  return headers["x-amzn-trace-id"];
}

function isWanted({ text, attributes }: Message, subscription: Subscription): boolean {
  const { FilterPolicy = "" } = subscription.attributes;
  if (FilterPolicy === "") return true;
  const scope = scopeOf(subscription.attributes);
  const filter = parseFilterPolicy(FilterPolicy, scope);
  if (scope === "MessageAttributes") return filter(filterable(attributes));
  try {
    return filter(JSON.parse(text));
  } catch {
    return false; // What is not JSON is not delivered to whoever filters by the body.
  }
}

/** Binary attributes are none to a filter; `String.Array` is an array of JSON. */
function filterable(attributes: MessageAttributes): Record<string, unknown> {
  const entries = Object.entries(attributes).flatMap(([name, { DataType = "", StringValue = "" }]) => {
    if (DataType.startsWith("Binary")) return [];
    if (DataType.startsWith("Number")) return [[name, Number(StringValue)]];
    return [[name, DataType === "String.Array" ? arrayOf(StringValue) : StringValue]];
  });
  return Object.fromEntries(entries);
}

function arrayOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function deliver(
  context: SnsContext,
  subscription: Subscription,
  messageId: string,
  message: Message & { trace: string | undefined },
): () => void {
  const { sqs, accountId } = context;
  const { endpoint, topic, attributes } = subscription;
  const isRaw = attributes.RawMessageDelivery?.toLowerCase() === "true";
  const text = message.byProtocol?.sqs ?? message.byProtocol?.default ?? message.text;
  const delivery = {
    body: isRaw ? text : JSON.stringify(envelope(context, subscription, messageId, { ...message, text })),
    ...(isRaw && { attributes: message.attributes }),
    principal: SNS_SERVICE,
    trace: message.trace,
    context: { "aws:SourceArn": topic, "aws:SourceAccount": accountId, "aws:SecureTransport": "true" },
  };
  const deadLetterQueue = deadLetterQueueOf(attributes);
  const isDeliverable = !isRaw || Object.keys(message.attributes).length <= MAX_RAW_ATTRIBUTES;
  const destinations = [...(isDeliverable ? [endpoint] : []), ...(deadLetterQueue ? [deadLetterQueue] : [])];
  for (const queueArn of destinations) {
    try {
      return sqs.deliver({ ...delivery, queueArn });
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }
  return () => {};
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. Nothing here is signed: the fields say so. */
function envelope(
  { now }: SnsContext,
  { arn, topic }: Subscription,
  MessageId: string,
  { text, subject, attributes }: Message,
): object {
  const named = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
    name,
    { Type: DataType, Value: StringValue ?? BinaryValue },
  ]);
  return {
    Type: "Notification",
    MessageId,
    TopicArn: topic,
    ...(subject !== undefined && { Subject: subject }),
    Message: text,
    Timestamp: new Date(now()).toISOString(),
    SignatureVersion: "1",
    Signature: NOT_SIGNED,
    SigningCertURL: "https://sns.invalid/SimpleNotificationService.pem",
    UnsubscribeURL: `https://sns.invalid/?Action=Unsubscribe&SubscriptionArn=${arn}`,
    ...(named.length > 0 && { MessageAttributes: Object.fromEntries(named) }),
  };
}

const NOT_SIGNED = Buffer.from("not signed").toString("base64");
