// Attributes of subscriptions. https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
import { ServiceError } from "../protocol/model.ts";
import { parseFilterPolicy, type Scope } from "./filter-policy.ts";
import { FilterRefusal } from "./filter-refusal.ts";
import { checkArn, invalid } from "./refusals.ts";
import type { Attributes, Subscription } from "./tables.ts";

const SETTABLE = new Set([
  "DeliveryPolicy",
  "FilterPolicy",
  "FilterPolicyScope",
  "RawMessageDelivery",
  "RedrivePolicy",
]);

/** What a subscription has after a change, without what was unset. Throws InvalidParameter for what SNS refuses. */
export function changedAttributes(current: Attributes, change: Attributes): Attributes {
  const unknown = Object.keys(change).find((name) => !SETTABLE.has(name));
  if (unknown !== undefined) throw invalid("AttributeName");
  const next = { ...current, ...change };
  checkRaw(change.RawMessageDelivery);
  checkScope(change.FilterPolicyScope);
  checkRedrive(next.RedrivePolicy);
  checkFilter(next);
  // What is as it would be without: an empty policy ends the filtering.
  if (next.FilterPolicy === "{}") next.FilterPolicy = "";
  if (next.RawMessageDelivery?.toLowerCase() === "false") next.RawMessageDelivery = "";
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""));
}

export function scopeOf({ FilterPolicyScope = "MessageAttributes" }: Attributes): Scope {
  return FilterPolicyScope as Scope;
}

/** The dead-letter queue of a subscription. */
export function deadLetterQueueOf({ RedrivePolicy }: Attributes): string | undefined {
  return RedrivePolicy
    ? (JSON.parse(RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn
    : undefined;
}

export function describeSubscription(subscription: Subscription, accountId: string): Attributes {
  const { arn, topic, protocol, endpoint, principal, attributes, isConfirmed } = subscription;
  return {
    RawMessageDelivery: "false",
    ...attributes,
    ...(attributes.FilterPolicy && { FilterPolicyScope: scopeOf(attributes) }),
    SubscriptionArn: arn,
    TopicArn: topic,
    Protocol: protocol,
    Endpoint: endpoint,
    Owner: accountId,
    SubscriptionPrincipal: principal,
    PendingConfirmation: String(!isConfirmed),
    ConfirmationWasAuthenticated: String(isConfirmed),
  };
}

function checkRaw(value: string | undefined): void {
  if (value === undefined || /^(true|false)$/i.test(value)) return;
  throw invalid(`RawMessageDelivery: Invalid value [${value}]. Must be true or false.`);
}

function checkScope(value: string | undefined): void {
  if (value === undefined || value === "MessageAttributes" || value === "MessageBody") return;
  throw invalid(
    `FilterPolicyScope: Invalid value [${value}]. Please use either MessageBody or MessageAttributes`,
  );
}

function checkRedrive(policy = ""): void {
  if (policy === "") return;
  let arn: unknown;
  try {
    arn = (JSON.parse(policy) as { deadLetterTargetArn?: unknown } | null)?.deadLetterTargetArn;
  } catch (error) {
    throw invalid(`RedrivePolicy: failed to parse JSON. ${(error as Error).message}`);
  }
  try {
    checkArn("RedrivePolicy", String(arn ?? ""));
  } catch (error) {
    throw error instanceof ServiceError
      ? invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn")
      : error;
  }
}

function checkFilter(attributes: Attributes): void {
  const { FilterPolicy = "" } = attributes;
  if (FilterPolicy === "") return;
  try {
    parseFilterPolicy(FilterPolicy, scopeOf(attributes));
  } catch (error) {
    throw error instanceof FilterRefusal ? invalid(`FilterPolicy: ${error.message}`) : error;
  }
}
