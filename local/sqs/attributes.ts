// Queue attributes: defaults, ranges, and the numbers that operations need of them.
import { ServiceError } from "../protocol/model.ts";

export type Attributes = Record<string, string>;

export interface QueueSettings {
  visibilityMs: number;
  delayMs: number;
  waitMs: number;
  maxMessageBytes: number;
  retentionMs: number;
  redrive: { deadLetterTargetArn: string; maxReceiveCount: number } | undefined;
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

/** Throws for what SQS refuses. An empty value unsets an attribute. */
export function checkAttributes(attributes: Attributes, exists: (queueArn: string) => boolean): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (!SETTABLE.has(name)) throw new ServiceError("InvalidAttributeName", `Unknown Attribute ${name}.`);
    const [minimum = -Infinity, maximum = Infinity] = RANGES[name] ?? [];
    const inRange =
      RANGES[name] === undefined ||
      (/^\d+$/.test(value) && Number(value) >= minimum && Number(value) <= maximum);
    if (!inRange) throw new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
    if (name === "RedrivePolicy" && value !== "" && !exists(readRedrivePolicy(value).deadLetterTargetArn)) {
      throw invalidRedrivePolicy(value, "Dead letter target does not exist.");
    }
  }
}

function readRedrivePolicy(value: string): NonNullable<QueueSettings["redrive"]> {
  let policy: { deadLetterTargetArn?: unknown; maxReceiveCount?: unknown };
  try {
    policy = JSON.parse(value);
  } catch {
    throw invalidRedrivePolicy(value, "Redrive policy is not a valid JSON map.");
  }
  const maxReceiveCount = Number(policy.maxReceiveCount);
  if (!(Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000)) {
    const reason = `Invalid value for maxReceiveCount: ${policy.maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`;
    throw invalidRedrivePolicy(value, reason);
  }
  return { deadLetterTargetArn: String(policy.deadLetterTargetArn), maxReceiveCount };
}

function invalidRedrivePolicy(value: string, reason: string): ServiceError {
  return new ServiceError(
    "InvalidParameterValue",
    `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`,
  );
}
