// Queues: create, find, describe, change, delete.
import type {
  CreateQueueCommandInput,
  DeleteQueueCommandInput,
  GetQueueAttributesCommandInput,
  GetQueueUrlCommandInput,
  ListDeadLetterSourceQueuesCommandInput,
  ListQueuesCommandInput,
  ListQueueTagsCommandInput,
  PurgeQueueCommandInput,
  SetQueueAttributesCommandInput,
  TagQueueCommandInput,
  UntagQueueCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { type Attributes, checkAttributes, DEFAULTS } from "./attributes.ts";
import { permittedQueue, type SqsContext } from "./context.ts";
import { invalid } from "./message-attributes.ts";
import type { Queue } from "./queues.ts";

const PURGE_PAUSE_MS = 60_000;

export function queueHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { queues, messages, database } = context;
  const purgedAt = new Map<string, number>();
  return {
    CreateQueue: async (input: CreateQueueCommandInput, { host }) => ({
      QueueUrl: queues.urlOf(await create(context, input), host),
    }),
    GetQueueUrl: async ({ QueueName }: GetQueueUrlCommandInput, request) => ({
      QueueUrl: queues.urlOf(permittedQueue(context, request, "GetQueueUrl", QueueName), request.host),
    }),
    ListQueues: async (input: ListQueuesCommandInput, { host }) => listQueues(context, input, host),
    DeleteQueue: async ({ QueueUrl }: DeleteQueueCommandInput, request) => {
      await queues.delete(permittedQueue(context, request, "DeleteQueue", QueueUrl));
      return undefined;
    },
    PurgeQueue: async ({ QueueUrl }: PurgeQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "PurgeQueue", QueueUrl);
      if (context.now() - (purgedAt.get(queue.name) ?? -Infinity) < PURGE_PAUSE_MS) {
        throw new ServiceError(
          "PurgeQueueInProgress",
          `Only one PurgeQueue operation on ${queue.name} is allowed every 60 seconds.`,
        );
      }
      purgedAt.set(queue.name, context.now());
      await database.write(() => messages.purge(queue));
      return undefined;
    },
    SetQueueAttributes: async (
      { QueueUrl, Attributes: changed = {} }: SetQueueAttributesCommandInput,
      request,
    ) => {
      const queue = permittedQueue(context, request, "SetQueueAttributes", QueueUrl);
      check(context, changed as Attributes);
      const merged = Object.entries({ ...queue.attributes, ...(changed as Attributes) }).filter(
        ([, value]) => value !== "",
      );
      await queues.update(queue, { attributes: Object.fromEntries(merged) });
      return undefined;
    },
    GetQueueAttributes: async (
      { QueueUrl, AttributeNames = [] }: GetQueueAttributesCommandInput,
      request,
    ) => {
      const queue = permittedQueue(context, request, "GetQueueAttributes", QueueUrl);
      if (AttributeNames.length === 0) return {};
      const wanted = Object.entries(describe(context, queue)).filter(
        ([name]) => AttributeNames.includes("All") || AttributeNames.some((asked) => asked === name),
      );
      return { Attributes: Object.fromEntries(wanted) };
    },
    ListQueueTags: async ({ QueueUrl }: ListQueueTagsCommandInput, request) => {
      const { tags } = permittedQueue(context, request, "ListQueueTags", QueueUrl);
      return Object.keys(tags).length > 0 ? { Tags: tags } : {};
    },
    TagQueue: async ({ QueueUrl, Tags = {} }: TagQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "TagQueue", QueueUrl);
      await queues.update(queue, { tags: { ...queue.tags, ...Tags } });
      return undefined;
    },
    UntagQueue: async ({ QueueUrl, TagKeys = [] }: UntagQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "UntagQueue", QueueUrl);
      const kept = Object.entries(queue.tags).filter(([name]) => !TagKeys.includes(name));
      await queues.update(queue, { tags: Object.fromEntries(kept) });
      return undefined;
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

function check({ queues }: SqsContext, attributes: Attributes): void {
  checkAttributes(attributes, (arn) => queues.find(arn) !== undefined);
}

async function create(context: SqsContext, input: CreateQueueCommandInput): Promise<Queue> {
  const { QueueName: name = "", tags = {} } = input;
  const attributes = (input.Attributes ?? {}) as Attributes;
  if (!/^[\w-]{1,80}$/.test(name))
    throw invalid("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  check(context, attributes);
  const existing = context.queues.find(name);
  if (!existing) return context.queues.create(name, attributes, tags);
  const inForce = { ...DEFAULTS, ...existing.attributes };
  const different = Object.entries(attributes).find(([key, value]) => inForce[key] !== value)?.[0];
  if (different === undefined) return existing;
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
  return {
    ...DEFAULTS,
    ...queue.attributes,
    QueueArn: queue.arn,
    CreatedTimestamp: seconds(queue.created),
    LastModifiedTimestamp: seconds(queue.modified),
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
  };
}
