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
  accountId: string;
  now(): number;
}

/** The queue of a request, if whoever asks may do this to it. */
export function permittedQueue(
  context: SqsContext,
  request: Request,
  action: string,
  reference: string | undefined,
): Queue {
  const queue = context.queues.get(reference);
  const { principal } = request;
  if (!principal)
    throw new ServiceError("AccessDenied", "Access to the resource is denied.", { status: 403 });
  const resourcePolicy = queue.attributes.Policy;
  context.iam.authorize({
    principal,
    action: `sqs:${action}`,
    resource: queue.arn,
    context: { "aws:SecureTransport": "true" },
    ...(resourcePolicy ? { resourcePolicy } : {}),
  });
  return queue;
}
