// What every SNS operation works with.
import type { Iam } from "../iam/iam.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Sqs } from "../sqs/sqs.ts";
import type { Database } from "../storage/database.ts";
import { checkArn, invalid, notFound } from "./refusals.ts";
import { findTopic, type Topic } from "./tables.ts";
import { policyOf } from "./topic-attributes.ts";

export interface SnsContext {
  database: Database;
  iam: Iam;
  sqs: Pick<Sqs, "deliver" | "hasQueue">;
  region: string;
  accountId: string;
  now(): number;
}

export function topicArn({ region, accountId }: SnsContext, name: string): string {
  return `arn:aws:sns:${region}:${accountId}:${name}`;
}

/** The topic, if there is one and whoever asks may do this to it. */
export function permittedTopic(
  context: SnsContext,
  request: Request,
  action: string,
  { arn, conditions }: { arn: string | undefined; conditions?: Record<string, string> },
): Topic {
  const checked = checkTopicArn(context, arn);
  const topic = findTopic(context.database, checked);
  authorize(context, request, action, checked, { topic, conditions });
  if (!topic) throw notFound("Topic");
  return topic;
}

/** Throws AccessDenied, which SNS calls AuthorizationError. */
export function authorize(
  { iam, accountId }: SnsContext,
  { principal }: Request,
  action: string,
  resource: string,
  about: { topic?: Topic | undefined; conditions?: Record<string, string> | undefined } = {},
): void {
  if (!principal) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  iam.authorize({
    principal,
    action: `SNS:${action}`,
    resource,
    context: { "aws:SecureTransport": "true", ...about.conditions },
    ...(about.topic && { resourcePolicy: policyOf(about.topic, accountId) }),
  });
}

function checkTopicArn({ region, accountId }: SnsContext, arn = ""): string {
  checkArn("TopicArn", arn);
  if (arn.startsWith(`arn:aws:sns:${region}:${accountId}:`)) return arn;
  throw invalid("TopicArn");
}
