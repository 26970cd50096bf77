// Which queue takes the dead letters of another, and which queues a dead-letter queue takes them from.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
import { ServiceError } from "../protocol/model.ts";

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/** Throws InvalidParameterValue. */
export function readRedrivePolicy(value: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = parse("RedrivePolicy", value);
  const count = Number(maxReceiveCount);
  if (!(Number.isInteger(count) && count >= 1 && count <= 1000)) {
    const reason = `Invalid value for maxReceiveCount: ${maxReceiveCount}, valid values are from 1 to 1000 both inclusive.`;
    throw invalidPolicy("RedrivePolicy", value, reason);
  }
  return { deadLetterTargetArn: String(deadLetterTargetArn), maxReceiveCount: count };
}

/** `target`: the attributes of the queue it names, if there is one. Throws when that queue takes no dead letters from the source. */
export function checkRedrivePolicy(
  value: string,
  sourceArn: string,
  target: (arn: string) => { RedriveAllowPolicy?: string } | undefined,
): void {
  const attributes = target(readRedrivePolicy(value).deadLetterTargetArn);
  if (!attributes) throw invalidPolicy("RedrivePolicy", value, "Dead letter target does not exist.");
  if (!attributes.RedriveAllowPolicy || allows(attributes.RedriveAllowPolicy, sourceArn)) return;
  throw invalidPolicy("RedrivePolicy", value, "Dead letter target does not allow this queue as a source.");
}

/** Throws InvalidParameterValue. */
export function checkRedriveAllowPolicy(value: string): void {
  const { redrivePermission, sourceQueueArns } = parse("RedriveAllowPolicy", value);
  const arns = Array.isArray(sourceQueueArns) ? sourceQueueArns.length : 0;
  const isByQueue = redrivePermission === "byQueue" && arns >= 1 && arns <= 10;
  const isForAll =
    ["allowAll", "denyAll"].includes(String(redrivePermission)) && sourceQueueArns === undefined;
  if (isByQueue || isForAll) return;
  const reason = "Expected allowAll, denyAll, or byQueue with 1 to 10 sourceQueueArns for redrivePermission.";
  throw invalidPolicy("RedriveAllowPolicy", value, reason);
}

function allows(allowPolicy: string, sourceArn: string): boolean {
  const { redrivePermission, sourceQueueArns } = parse("RedriveAllowPolicy", allowPolicy);
  if (redrivePermission !== "byQueue") return redrivePermission === "allowAll";
  return (sourceQueueArns as unknown[]).includes(sourceArn);
}

function parse(parameter: string, value: string): Record<string, unknown> {
  try {
    const policy: unknown = JSON.parse(value);
    if (typeof policy === "object" && policy !== null) return policy as Record<string, unknown>;
  } catch {
    // Refused below, like JSON that is no map.
  }
  throw invalidPolicy(parameter, value, "Redrive policy is not a valid JSON map.");
}

function invalidPolicy(parameter: string, value: string, reason: string): ServiceError {
  const message = `Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`;
  return new ServiceError("InvalidParameterValue", message);
}
