// What every SQS operation works with.
import type { Iam } from "../iam/iam.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Messages } from "./messages.ts";
import type { Queue, Queues } from "./queues.ts";

export interface SqsContext {
  database: Database;
  iam: Iam;
  queues: Queues;
  messages: Messages;
  arrivals: Arrivals;
  now(): number;
  /** Aborted when the cloud closes: nobody waits any longer. */
  closing: AbortSignal;
  reportBug(error: unknown): void;
}

/** The queue at a request's URL, if whoever asks may do this to it. */
export function permittedQueue(
  context: SqsContext,
  request: Request,
  action: string,
  url: string | undefined,
): Queue {
  const queue = context.queues.at(url ?? "");
  authorize(context, request, action, queue);
  return queue;
}

/** Throws AccessDenied. */
export function authorize(
  { iam }: SqsContext,
  { principal }: Request,
  action: string,
  { arn, attributes }: { arn: string; attributes?: Queue["attributes"] },
): void {
  if (!principal)
    throw new ServiceError("AccessDenied", "Access to the resource is denied.", { status: 403 });
  iam.authorize({
    principal,
    action: `sqs:${action}`,
    resource: arn,
    context: { "aws:SecureTransport": "true" },
    ...(attributes?.Policy ? { resourcePolicy: attributes.Policy } : {}),
  });
}
