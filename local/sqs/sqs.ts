// Amazon SQS, standard queues, in both of its protocols.
import * as client from "@aws-sdk/client-sqs";
import type { Iam } from "../iam/iam.ts";
import type { Principal } from "../iam/principal.ts";
import type { Authenticate } from "../protocol/authentication.ts";
import { createAwsJsonServer, createAwsQueryServer, type RpcHandler } from "../protocol/aws-json.ts";
import type { Handle } from "../protocol/http.ts";
import { readModel } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import { createArrivals } from "./arrivals.ts";
import type { SqsContext } from "./context.ts";
import { checkMessage, type MessageAttributes } from "./message-attributes.ts";
import { messageHandlers } from "./message-operations.ts";
import { Messages } from "./messages.ts";
import { moveTaskHandlers, openMoveTasks } from "./move-tasks.ts";
import { permissionHandlers } from "./permissions.ts";
import { queueHandlers } from "./queue-operations.ts";
import { queueTagHandlers } from "./queue-tags.ts";
import { doesNotExist, Queues } from "./queues.ts";

export interface SqsOptions {
  database: Database;
  iam: Iam;
  region: string;
  accountId: string;
  now(): number;
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

interface Delivery {
  queueArn: string;
  body: string;
  principal: Principal;
  context: Record<string, string>;
  trace?: string | undefined;
  attributes?: MessageAttributes;
  /** The queue's own, when absent. */
  delayMs?: number;
}

export interface Sqs {
  handle: Handle;
  hasQueue(arn: string): boolean;
  /** When the oldest message of the queue of that name was sent; nothing when it is empty, or not there. */
  oldestSentMs(name: string): number | undefined;
  /**
   * A message from another service, inside that service's own write. Throws when the queue or its policy refuses it; returns
   * what to do after the commit.
   */
  deliver(delivery: Delivery): () => void;
  close(): void;
}

/** Names that the JSON protocol gives errors which the model does not list. */
const JSON_NAMES = {
  InvalidParameterValue: "InvalidParameterValueException",
  MissingParameter: "MissingRequiredParameterException",
};
const QUERY_MESSAGES = {
  QueueDoesNotExist: "The specified queue does not exist for this wsdl version.",
};
const EXPIRY_INTERVAL_MS = 60_000;

/** Every operation served, by its name in the model. */
export function sqsHandlers(context: SqsContext): Record<string, RpcHandler> {
  return {
    ...queueHandlers(context),
    ...queueTagHandlers(context),
    ...messageHandlers(context),
    ...moveTaskHandlers(context),
    ...permissionHandlers(context),
  };
}

export function createSqs({ database, iam, region, accountId, now, ...front }: SqsOptions): Sqs {
  const queues = new Queues(database, region, accountId, now);
  const messages = new Messages(database, queues, now);
  messages.recover();
  openMoveTasks(database);
  const closing = new AbortController();
  const context: SqsContext = {
    database,
    iam,
    queues,
    messages,
    arrivals: createArrivals(),
    now,
    closing: closing.signal,
    reportBug: front.reportBug,
  };
  const handlers = sqsHandlers(context);
  const service = {
    model: readModel(client),
    handlers,
    namespace: "com.amazonaws.sqs",
    jsonNames: JSON_NAMES,
    xmlNamespace: "http://queue.amazonaws.com/doc/2012-11-05/",
    queryMessages: QUERY_MESSAGES,
    rootActions: ["CreateQueue", "ListQueues"],
    ...front,
  };
  const json = createAwsJsonServer(service);
  const query = createAwsQueryServer(service);
  const expiry = setInterval(() => {
    database
      .write(() => {
        for (const queue of queues.all()) messages.expire(queue);
      })
      .catch(front.reportBug);
  }, EXPIRY_INTERVAL_MS).unref();
  return {
    handle: (request) => (request.headers["x-amz-target"] === undefined ? query(request) : json(request)),
    hasQueue: (arn) => queues.find(arn) !== undefined,
    oldestSentMs(name) {
      const queue = queues.named(name);
      return queue && messages.oldestSentMs(queue);
    },
    deliver: (delivery) => deliver(context, delivery),
    close() {
      clearInterval(expiry);
      closing.abort();
    },
  };
}

function deliver(
  { iam, queues, messages, arrivals }: SqsContext,
  { queueArn, body, principal, context, trace, attributes, delayMs }: Delivery,
): () => void {
  const queue = queues.find(queueArn);
  if (!queue) throw doesNotExist();
  const { Policy } = queue.attributes;
  iam.authorize({
    principal,
    action: "sqs:SendMessage",
    resource: queue.arn,
    context,
    ...(Policy ? { resourcePolicy: Policy } : {}),
  });
  checkMessage(queue, body, attributes);
  messages.insert(queue, { body, attributes, sender: principal.arn, trace, delayMs });
  return () => arrivals.announce(queue);
}
