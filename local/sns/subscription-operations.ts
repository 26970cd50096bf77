// Subscriptions: make, list, describe, change, end. A queue of this account is a subscriber at once; an e-mail address
// waits for somebody to confirm, and no mail is ever sent.
import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type {
  GetSubscriptionAttributesInput,
  ListSubscriptionsByTopicInput,
  ListSubscriptionsInput,
  SetSubscriptionAttributesInput,
  SubscribeInput,
  UnsubscribeInput,
} from "@aws-sdk/client-sns";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { authorize, permittedTopic, type SnsContext } from "./context.ts";
import { checkArn, invalid, notFound } from "./refusals.ts";
import { changedAttributes, describeSubscription } from "./subscription-attributes.ts";
import {
  type Attributes,
  deleteSubscription,
  expireSubscriptions,
  findSubscription,
  type Subscription,
  subscriptionsAfter,
  subscriptionsOf,
  writeSubscription,
} from "./tables.ts";

const PAGE_LENGTH = 100;
/** https://docs.aws.amazon.com/sns/latest/dg/sns-delete-subscription-topic.html: those that nobody confirms go. */
const PENDING_MS = 48 * 60 * 60 * 1000;
const NOT_SERVED = ["http", "https", "sms", "application", "lambda", "firehose"];

export function subscriptionHandlers(context: SnsContext): Record<string, RpcHandler> {
  const { database, accountId } = context;
  return {
    Subscribe: async (input: SubscribeInput, request) => {
      const { TopicArn, Protocol = "", Endpoint = "", ReturnSubscriptionArn = false } = input;
      const conditions = { "sns:Protocol": Protocol, "sns:Endpoint": Endpoint };
      const topic = permittedTopic(context, request, "Subscribe", { arn: TopicArn, conditions });
      checkEndpoint(context, Protocol, Endpoint);
      const principal = request.principal?.arn ?? "";
      const { arn, isConfirmed } = await database.write(() =>
        subscribe(context, topic.arn, principal, input),
      );
      return { SubscriptionArn: isConfirmed || ReturnSubscriptionArn ? arn : "pending confirmation" };
    },
    Unsubscribe: async ({ SubscriptionArn = "" }: UnsubscribeInput, request) => {
      checkArn("SubscriptionArn", SubscriptionArn);
      authorize(context, request, "Unsubscribe", "*");
      if (findSubscription(database, SubscriptionArn)?.isConfirmed === false)
        throw invalid("This operation is not supported on pending subscriptions");
      await database.write(() => deleteSubscription(database, SubscriptionArn));
      return undefined;
    },
    ListSubscriptions: async ({ NextToken = "" }: ListSubscriptionsInput, request) => {
      authorize(context, request, "ListSubscriptions", "*");
      await expire(context);
      return page(subscriptionsAfter(database, NextToken, PAGE_LENGTH + 1), accountId);
    },
    ListSubscriptionsByTopic: async (
      { TopicArn, NextToken = "" }: ListSubscriptionsByTopicInput,
      request,
    ) => {
      const topic = permittedTopic(context, request, "ListSubscriptionsByTopic", { arn: TopicArn });
      await expire(context);
      const rest = subscriptionsOf(database, topic.arn).filter(({ arn }) => arn > NextToken);
      return page(rest, accountId);
    },
    GetSubscriptionAttributes: async ({ SubscriptionArn }: GetSubscriptionAttributesInput, request) => {
      authorize(context, request, "GetSubscriptionAttributes", "*");
      return { Attributes: describeSubscription(existing(context, SubscriptionArn), accountId) };
    },
    SetSubscriptionAttributes: async (input: SetSubscriptionAttributesInput, request) => {
      const { SubscriptionArn, AttributeName = "", AttributeValue = "" } = input;
      authorize(context, request, "SetSubscriptionAttributes", "*");
      await database.write(() => {
        const subscription = existing(context, SubscriptionArn);
        const attributes = changedAttributes(subscription.attributes, { [AttributeName]: AttributeValue });
        writeSubscription(database, { ...subscription, attributes });
      });
      return undefined;
    },
  };
}

/** The one of this endpoint: made, or the one there is when its attributes would be the same, or nobody has confirmed it. */
function subscribe(
  { database, now }: SnsContext,
  topic: string,
  principal: string,
  input: SubscribeInput,
): Subscription {
  const { Protocol: protocol = "", Endpoint: endpoint = "" } = input;
  const attributes = changedAttributes({}, (input.Attributes ?? {}) as Attributes);
  const known = subscriptionsOf(database, topic).find(
    (each) => each.protocol === protocol && each.endpoint === endpoint,
  );
  if (known?.isConfirmed && !isDeepStrictEqual(known.attributes, attributes))
    throw invalid("Attributes Reason: Subscription already exists with different attributes");
  const arn = known?.arn ?? `${topic}:${randomUUID()}`;
  const isConfirmed = protocol === "sqs";
  const subscription = { arn, topic, protocol, endpoint, principal, attributes, isConfirmed, created: now() };
  writeSubscription(database, subscription);
  return subscription;
}

function checkEndpoint({ sqs }: SnsContext, protocol: string, endpoint: string): void {
  if (protocol === "sqs") {
    if (!/^arn:aws:sqs:/.test(endpoint) || !sqs.hasQueue(endpoint)) throw invalid("SQS endpoint ARN");
    return;
  }
  if (protocol === "email" || protocol === "email-json") {
    if (!/^[^@\s]+@[^@\s]+$/.test(endpoint)) throw invalid("Email address");
    return;
  }
  if (NOT_SERVED.includes(protocol))
    throw invalid(`Protocol Reason: only sqs and email are served here, not ${protocol}`);
  throw invalid(`Amazon SNS does not support this protocol string: ${protocol}`);
}

function existing({ database }: SnsContext, arn = ""): Subscription {
  checkArn("SubscriptionArn", arn);
  const subscription = findSubscription(database, arn);
  if (!subscription) throw notFound("Subscription");
  return subscription;
}

function expire({ database, now }: SnsContext): Promise<void> {
  return database.write(() => expireSubscriptions(database, now() - PENDING_MS));
}

function page(found: readonly Subscription[], Owner: string): object {
  const shown = found.slice(0, PAGE_LENGTH);
  return {
    Subscriptions: shown.map(({ arn, topic, protocol, endpoint, isConfirmed }) => ({
      SubscriptionArn: isConfirmed ? arn : "PendingConfirmation",
      ...{ Owner, Protocol: protocol, Endpoint: endpoint, TopicArn: topic },
    })),
    ...(found.length > shown.length && { NextToken: shown.at(-1)?.arn }),
  };
}
