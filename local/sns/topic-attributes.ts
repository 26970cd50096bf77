// Attributes of topics: those that can be set, and what a topic says of itself.
// https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
import type { Iam } from "../iam/iam.ts";
import { ServiceError } from "../protocol/model.ts";
import { invalid } from "./refusals.ts";
import type { Attributes, Topic } from "./tables.ts";

const SETTABLE = new Set([
  "DeliveryPolicy",
  "DisplayName",
  "KmsMasterKeyId",
  "Policy",
  "SignatureVersion",
  "TracingConfig",
]);
const MAX_DISPLAY_NAME_LENGTH = 100;
const OWNER_ACTIONS = [
  "GetTopicAttributes",
  "SetTopicAttributes",
  "AddPermission",
  "RemovePermission",
  "DeleteTopic",
  "Subscribe",
  "ListSubscriptionsByTopic",
  "Publish",
];

/** Throws InvalidParameter for what SNS refuses, and for FIFO topics, which are not served here. */
export function checkTopicAttribute(iam: Iam, name: string, value: string): void {
  if (!SETTABLE.has(name)) throw invalid("AttributeName");
  if (name === "DisplayName" && (value.length > MAX_DISPLAY_NAME_LENGTH || /[<>&]/.test(value)))
    throw invalid("DisplayName");
  if (name === "SignatureVersion" && !/^[12]$/.test(value)) throw invalid("SignatureVersion");
  if (name !== "Policy") return;
  try {
    iam.checkPolicy(value);
  } catch (error) {
    throw error instanceof ServiceError ? invalid(`Policy Error: ${error.message}`) : error;
  }
}

/** Without one of its own, a topic has the policy that lets services of its owner's account publish. */
export function policyOf({ arn, attributes }: Topic, accountId: string): string {
  if (attributes.Policy) return attributes.Policy;
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: OWNER_ACTIONS.map((action) => `SNS:${action}`),
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": accountId } },
      },
    ],
  });
}

export function describeTopic(
  topic: Topic,
  accountId: string,
  counts: { pending: number; confirmed: number },
): Attributes {
  return {
    DisplayName: "",
    ...topic.attributes,
    Policy: policyOf(topic, accountId),
    TopicArn: topic.arn,
    Owner: accountId,
    SubscriptionsPending: String(counts.pending),
    SubscriptionsConfirmed: String(counts.confirmed),
    SubscriptionsDeleted: "0",
  };
}
