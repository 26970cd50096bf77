// Queue attributes: defaults, ranges, and the numbers that operations need of them.
import { QueueAttributeName } from "@aws-sdk/client-sqs";
import { ServiceError } from "../protocol/model.ts";
import {
  checkRedriveAllowPolicy,
  checkRedrivePolicy,
  type RedrivePolicy,
  readRedrivePolicy,
} from "./redrive-policy.ts";

export type Attributes = Record<string, string>;

export interface QueueSettings {
  visibilityMs: number;
  delayMs: number;
  waitMs: number;
  maxMessageBytes: number;
  retentionMs: number;
  redrive: RedrivePolicy | undefined;
}

export const DEFAULTS: Attributes = {
  VisibilityTimeout: "30",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  DelaySeconds: "0",
  ReceiveMessageWaitTimeSeconds: "0",
  SqsManagedSseEnabled: "true",
};

const RANGES: Record<string, [minimum: number, maximum: number]> = {
  VisibilityTimeout: [0, 43_200],
  MaximumMessageSize: [1024, 1_048_576],
  MessageRetentionPeriod: [60, 1_209_600],
  DelaySeconds: [0, 900],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
};

const SETTABLE = new Set([
  ...Object.keys(DEFAULTS),
  ...Object.keys(RANGES),
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "Policy",
  "KmsMasterKeyId",
]);

const READABLE = new Set<string>(Object.values(QueueAttributeName));

export function settingsOf(attributes: Attributes): QueueSettings {
  const all = { ...DEFAULTS, ...attributes };
  const milliseconds = (name: string) => Number(all[name]) * 1000;
  return {
    visibilityMs: milliseconds("VisibilityTimeout"),
    delayMs: milliseconds("DelaySeconds"),
    waitMs: milliseconds("ReceiveMessageWaitTimeSeconds"),
    maxMessageBytes: Number(all.MaximumMessageSize),
    retentionMs: milliseconds("MessageRetentionPeriod"),
    redrive: all.RedrivePolicy ? readRedrivePolicy(all.RedrivePolicy) : undefined,
  };
}

export interface Checks {
  /** Of the queue that the attributes are for. */
  arn: string;
  attributesOf(queueArn: string): Attributes | undefined;
  /** Throws for what is no policy. */
  checkPolicy(policy: string): void;
}

/** Throws for what SQS refuses. An empty value unsets an attribute. */
export function checkAttributes(attributes: Attributes, checks: Checks): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.has(name)) throw unknownAttribute(name);
    if (!isInRange(name, value)) throw invalidValue(name);
    if (value === "") continue;
    if (name === "RedrivePolicy") checkRedrivePolicy(value, checks.arn, checks.attributesOf);
    if (name === "RedriveAllowPolicy") checkRedriveAllowPolicy(value);
    if (name === "Policy") checkPolicy(value, checks);
  }
  if (attributes.KmsMasterKeyId && attributes.SqsManagedSseEnabled === "true") {
    const message =
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.";
    throw new ServiceError("InvalidAttributeName", message);
  }
}

/** What a queue has after a change: choosing one kind of encryption ends the other. */
export function changedAttributes(current: Attributes, change: Attributes): Attributes {
  const next: Attributes = { ...current, ...change };
  if (change.KmsMasterKeyId) next.SqsManagedSseEnabled = "false";
  if (change.SqsManagedSseEnabled === "true") next.KmsMasterKeyId = "";
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== ""));
}

/** Throws InvalidAttributeName for what no queue has. */
export function checkNames(names: readonly string[]): void {
  const unknown = names.find((name) => !READABLE.has(name));
  if (unknown !== undefined) throw unknownAttribute(unknown);
}

function isInRange(name: string, value: string): boolean {
  const range = RANGES[name];
  if (!range) return true;
  return /^\d+$/.test(value) && Number(value) >= range[0] && Number(value) <= range[1];
}

function checkPolicy(policy: string, checks: Checks): void {
  try {
    checks.checkPolicy(policy);
  } catch (error) {
    throw error instanceof ServiceError ? invalidValue("Policy") : error;
  }
}

function unknownAttribute(name: string): ServiceError {
  return new ServiceError("InvalidAttributeName", `Unknown Attribute ${name}.`);
}

function invalidValue(name: string): ServiceError {
  return new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
}
