// Tags of queues.
import type {
  ListQueueTagsCommandInput,
  TagQueueCommandInput,
  UntagQueueCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { permittedQueue, type SqsContext } from "./context.ts";

export function queueTagHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { queues } = context;
  return {
    ListQueueTags: async ({ QueueUrl }: ListQueueTagsCommandInput, request) => {
      const { tags } = permittedQueue(context, request, "ListQueueTags", QueueUrl);
      return Object.keys(tags).length > 0 ? { Tags: tags } : {};
    },
    TagQueue: async ({ QueueUrl, Tags = {} }: TagQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "TagQueue", QueueUrl);
      await queues.change(queue, ({ tags }) => ({ tags: { ...tags, ...Tags } }));
      return undefined;
    },
    UntagQueue: async ({ QueueUrl, TagKeys = [] }: UntagQueueCommandInput, request) => {
      const queue = permittedQueue(context, request, "UntagQueue", QueueUrl);
      await queues.change(queue, ({ tags }) => {
        const kept = Object.entries(tags).filter(([name]) => !TagKeys.includes(name));
        return { tags: Object.fromEntries(kept) };
      });
      return undefined;
    },
  };
}
