// Topics: create, describe, change, list, delete; and their tags.
import { isDeepStrictEqual } from "node:util";
import type {
  CreateTopicInput,
  DeleteTopicInput,
  GetTopicAttributesInput,
  ListTagsForResourceRequest,
  ListTopicsInput,
  SetTopicAttributesInput,
  Tag,
  TagResourceRequest,
  UntagResourceRequest,
} from "@aws-sdk/client-sns";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { ServiceError } from "../protocol/model.ts";
import { authorize, permittedTopic, type SnsContext, topicArn } from "./context.ts";
import { invalid } from "./refusals.ts";
import {
  type Attributes,
  deleteTopic,
  findTopic,
  subscriptionsOf,
  type Topic,
  topicsAfter,
  writeTopic,
} from "./tables.ts";
import { checkTopicAttribute, describeTopic } from "./topic-attributes.ts";

const PAGE_LENGTH = 100;
const MAX_TAGS = 50;

export function topicHandlers(context: SnsContext): Record<string, RpcHandler> {
  const { database, accountId } = context;
  return {
    CreateTopic: async (input: CreateTopicInput, request) => {
      const { Name: name = "" } = input;
      if (!/^[\w-]{1,256}$/.test(name)) throw invalid("Topic Name");
      authorize(context, request, "CreateTopic", topicArn(context, name));
      return { TopicArn: await database.write(() => create(context, name, input)) };
    },
    DeleteTopic: async ({ TopicArn = "" }: DeleteTopicInput, request) => {
      const topic = findTopic(database, TopicArn);
      authorize(context, request, "DeleteTopic", TopicArn, { topic });
      await database.write(() => deleteTopic(database, TopicArn));
      return undefined;
    },
    ListTopics: async ({ NextToken = "" }: ListTopicsInput, request) => {
      authorize(context, request, "ListTopics", "*");
      const found = topicsAfter(database, NextToken, PAGE_LENGTH + 1);
      const page = found.slice(0, PAGE_LENGTH);
      return {
        Topics: page.map(({ arn }) => ({ TopicArn: arn })),
        ...(found.length > page.length && { NextToken: page.at(-1)?.arn }),
      };
    },
    GetTopicAttributes: async ({ TopicArn }: GetTopicAttributesInput, request) => {
      const topic = permittedTopic(context, request, "GetTopicAttributes", { arn: TopicArn });
      const subscriptions = subscriptionsOf(database, topic.arn);
      const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed).length;
      const counts = { confirmed, pending: subscriptions.length - confirmed };
      return { Attributes: describeTopic(topic, accountId, counts) };
    },
    SetTopicAttributes: async (input: SetTopicAttributesInput, request) => {
      const { TopicArn, AttributeName = "", AttributeValue = "" } = input;
      permittedTopic(context, request, "SetTopicAttributes", { arn: TopicArn });
      checkTopicAttribute(context.iam, AttributeName, AttributeValue);
      await change(context, TopicArn, ({ attributes }) => ({
        attributes: { ...attributes, [AttributeName]: AttributeValue },
      }));
      return undefined;
    },
    TagResource: async ({ ResourceArn, Tags = [] }: TagResourceRequest, request) => {
      permittedTopic(context, request, "TagResource", { arn: ResourceArn });
      const added = toRecord(Tags);
      await change(context, ResourceArn, ({ tags }) => ({ tags: checkTags({ ...tags, ...added }) }));
      return {};
    },
    UntagResource: async ({ ResourceArn, TagKeys = [] }: UntagResourceRequest, request) => {
      permittedTopic(context, request, "UntagResource", { arn: ResourceArn });
      await change(context, ResourceArn, ({ tags }) => {
        const kept = Object.entries(tags).filter(([key]) => !TagKeys.includes(key));
        return { tags: Object.fromEntries(kept) };
      });
      return {};
    },
    ListTagsForResource: async ({ ResourceArn }: ListTagsForResourceRequest, request) => {
      const { tags } = permittedTopic(context, request, "ListTagsForResource", { arn: ResourceArn });
      return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}

/** The topic of that name: made, or the one there is when nothing of it would be another. */
function create(context: SnsContext, name: string, input: CreateTopicInput): string {
  const arn = topicArn(context, name);
  const attributes = (input.Attributes ?? {}) as Attributes;
  for (const [attribute, value] of Object.entries(attributes)) {
    checkTopicAttribute(context.iam, attribute, value);
  }
  const tags = checkTags(toRecord(input.Tags ?? []));
  const existing = findTopic(context.database, arn);
  if (!existing) writeTopic(context.database, { arn, attributes, tags });
  else checkSame(existing, attributes, input.Tags && tags);
  return arn;
}

function checkSame(existing: Topic, attributes: Attributes, tags: Record<string, string> | undefined): void {
  if (Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value))
    throw invalid("Attributes Reason: Topic already exists with different attributes");
  if (tags && !isDeepStrictEqual(tags, existing.tags))
    throw invalid("Tags Reason: Topic already exists with different tags");
}

function change(
  { database }: SnsContext,
  arn = "",
  changed: (topic: Topic) => Partial<Topic>,
): Promise<void> {
  return database.write(() => {
    const topic = findTopic(database, arn);
    if (topic) writeTopic(database, { ...topic, ...changed(topic) });
  });
}

function toRecord(tags: readonly Tag[]): Record<string, string> {
  const record = Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
  if (Object.keys(record).length < tags.length) throw invalid("Duplicated keys are not allowed.");
  return record;
}

function checkTags(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length > MAX_TAGS)
    throw new ServiceError(
      "TagLimitExceeded",
      "Could not complete request: tag quota of per resource exceeded",
    );
  const bad = Object.entries(tags).find(
    ([key, value]) => key === "" || key.length > 128 || value.length > 256,
  );
  if (bad) throw invalid("Tags");
  return tags;
}
