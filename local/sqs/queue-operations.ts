// Queues: create, find, describe, change, delete.
import type {
  CreateQueueCommandInput,
  DeleteQueueCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueUrlCommandInput,
  ListDeadLetterSourceQueuesCommandInput,
  ListQueuesCommandInput,
  PurgeQueueCommandInput,
  SetQueueAttributesCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { type Attributes, changedAttributes, checkAttributes, checkNames, DEFAULTS } from "./attributes.ts";
import { authorize, permittedQueue, type SqsContext } from "./context.ts";
import { invalid } from "./message-attributes.ts";
import { doesNotExist, type Queue } from "./queues.ts";

const PURGE_PAUSE_MS = 60_000;

export function queueHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { queues, messages, database } = context;
  const purgedAt = new Map<number, number>();
  return {
    CreateQueue: async (input: CreateQueueCommandInput, request) => {
      authorize(context, request, "CreateQueue", { arn: queues.arnOf(input.QueueName ?? "") });
      return { QueueUrl: queues.urlOf(await create(context, input), request.host) };
    },
    GetQueueUrl: async ({ QueueName = "" }: GetQueueUrlCommandInput, request) => {
      const queue = queues.named(QueueName);
      if (!queue) throw doesNotExist();
      authorize(context, request, "GetQueueUrl", queue);
      return { QueueUrl: queues.urlOf(queue, request.host) };
    },
    ListQueues: async (input: ListQueuesCommandInput, request) => {
      authorize(context, request, "ListQueues", { arn: "*" });
      return listQueues(context, input, request.host);
    },
    DeleteQueue: async ({ QueueUrl }: DeleteQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "DeleteQueue", QueueUrl);
      await queues.delete(queue);
      context.arrivals.announce(queue); // Who waits there learns that it is gone.
      return undefined;
    },
    PurgeQueue: async ({ QueueUrl }: PurgeQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "PurgeQueue", QueueUrl);
      if (context.now() - (purgedAt.get(queue.id) ?? -Infinity) < PURGE_PAUSE_MS) {
        throw new ServiceError(
          "PurgeQueueInProgress",
          `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        );
      }
      purgedAt.set(queue.id, context.now());
      await database.write(() => messages.purge(queue));
      return undefined;
    },
    SetQueueAttributes: async (
      { QueueUrl, Attributes: changed = {} }: SetQueueAttributesCommandInput,
      request,
    ) => {
      const queue = permittedQueue(context, request, "SetQueueAttributes", QueueUrl);
      await queues.change(queue, ({ arn, attributes }) => {
        check(context, arn, changed as Attributes);
        return { attributes: changedAttributes(attributes, changed as Attributes) };
      });
      return undefined;
    },
    GetQueueAttributes: async (
      { QueueUrl, AttributeNames = [] }: GetQueueAttributesCommandInput,
      request,
    ) => {
      const queue = permittedQueue(context, request, "GetQueueAttributes", QueueUrl);
      checkNames(AttributeNames);
      const wanted = Object.entries(describe(context, queue)).filter(
        ([name]) => AttributeNames.includes("All") || AttributeNames.some((asked) => asked === name),
      );
      return wanted.length === 0 ? {} : { Attributes: Object.fromEntries(wanted) };
    },
    ListDeadLetterSourceQueues: async ({ QueueUrl }: ListDeadLetterSourceQueuesCommandInput, request) => {
      const { arn } = permittedQueue(context, request, "ListDeadLetterSourceQueues", QueueUrl);
      return { queueUrls: sourcesOf(context, arn).map((queue) => queues.urlOf(queue, request.host)) };
    },
  };
}

/** The queues whose dead letters go to this one. */
export function sourcesOf({ queues }: SqsContext, deadLetterQueueArn: string): Queue[] {
  return queues.all().filter(({ settings }) => settings.redrive?.deadLetterTargetArn === deadLetterQueueArn);
}

function check({ queues, iam }: SqsContext, arn: string, attributes: Attributes): void {
  checkAttributes(attributes, {
    arn,
    attributesOf: (queueArn) => queues.find(queueArn)?.attributes,
    checkPolicy: iam.checkPolicy,
  });
}

async function create(context: SqsContext, input: CreateQueueCommandInput): Promise<Queue> {
  const { QueueName: name = "", tags = {} } = input;
  const attributes = (input.Attributes ?? {}) as Attributes;
  if (!/^[\w-]{1,80}$/.test(name))
    throw invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  return context.queues.create(name, (existing) => {
    check(context, context.queues.arnOf(name), attributes);
    if (existing) checkSame(existing, attributes);
    return { attributes: changedAttributes({}, attributes), tags };
  });
}

function checkSame(existing: Queue, attributes: Attributes): void {
  const inForce = { ...DEFAULTS, ...existing.attributes };
  const different = Object.entries(attributes).find(([key, value]) => inForce[key] !== value)?.[0];
  if (different === undefined) return;
  throw new ServiceError(
    "QueueNameExists",
    `A queue already exists with the same name and a different value for attribute ${different}`,
  );
}

function listQueues({ queues }: SqsContext, input: ListQueuesCommandInput, host: string): object {
  const { QueueNamePrefix = "", MaxResults, NextToken = "" } = input;
  const found = queues.all().filter(({ name }) => name.startsWith(QueueNamePrefix) && name > NextToken);
  const sorted = found.sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = sorted.slice(0, MaxResults ?? 1000);
  return {
    ...(page.length > 0 && { QueueUrls: page.map((queue) => queues.urlOf(queue, host)) }),
    ...(page.length < sorted.length && MaxResults !== undefined && { NextToken: page.at(-1)?.name }),
  };
}

function describe({ messages }: SqsContext, queue: Queue): Attributes {
  const { visible, inFlight, delayed } = messages.counts(queue);
  const seconds = (milliseconds: number) => String(Math.floor(milliseconds / 1000));
  const { KmsDataKeyReusePeriodSeconds, ...attributes } = { ...DEFAULTS, ...queue.attributes };
  return {
    ...attributes,
    // It means nothing to a queue without a key.
    ...(attributes.KmsMasterKeyId && KmsDataKeyReusePeriodSeconds && { KmsDataKeyReusePeriodSeconds }),
    QueueArn: queue.arn,
    CreatedTimestamp: seconds(queue.created),
    LastModifiedTimestamp: seconds(queue.modified),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}
