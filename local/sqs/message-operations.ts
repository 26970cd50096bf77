// Messages: send, receive, delete, change visibility; each alone and in batches.
import type {
  ChangeMessageVisibilityBatchCommandInput,
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageCommandInput,
  SendMessageBatchCommandInput,
  SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import type { RpcHandler } from "../protocol/aws-json.ts";
import { runBatch } from "../protocol/batch.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { permittedQueue, type SqsContext } from "./context.ts";
import {
  attributesMd5,
  checkGroup,
  checkMessage,
  checkSystemAttributes,
  invalid,
  type MessageAttributes,
  messageBytes,
} from "./message-attributes.ts";
import type { Queue } from "./queues.ts";
import { receiveMessages } from "./receive.ts";

const MAX_BATCH_BYTES = 1_048_576;
const MAX_VISIBILITY_SECONDS = 43_200;

export function messageHandlers(context: SqsContext): Record<string, RpcHandler> {
  const { database, arrivals, messages } = context;
  return {
    ReceiveMessage: (input, request) => receiveMessages(context, input, request),
    SendMessage: async (input: SendMessageCommandInput, request) => {
      const queue = permittedQueue(context, request, "SendMessage", input.QueueUrl);
      const sent = await database.write(() => send(context, queue, input, request));
      arrivals.announce(queue);
      return sent;
    },
    SendMessageBatch: async ({ QueueUrl, Entries = [] }: SendMessageBatchCommandInput, request) => {
      const queue = permittedQueue(context, request, "SendMessage", QueueUrl);
      const bytes = Entries.reduce(
        (sum, entry) =>
          sum +
          messageBytes(entry.MessageBody ?? "", entry.MessageAttributes as MessageAttributes | undefined),
        0,
      );
      if (bytes > MAX_BATCH_BYTES) {
        throw new ServiceError(
          "BatchRequestTooLong",
          `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
        );
      }
      const result = await database.write(() =>
        runBatch("SendMessageBatch", Entries, (entry) => send(context, queue, entry, request)),
      );
      arrivals.announce(queue);
      return result;
    },
    DeleteMessage: async ({ QueueUrl, ReceiptHandle = "" }: DeleteMessageCommandInput, request) => {
      const queue = permittedQueue(context, request, "DeleteMessage", QueueUrl);
      await database.write(() => messages.remove(queue, ReceiptHandle));
      return undefined;
    },
    DeleteMessageBatch: async ({ QueueUrl, Entries = [] }: DeleteMessageBatchCommandInput, request) => {
      const queue = permittedQueue(context, request, "DeleteMessage", QueueUrl);
      const remove = ({ ReceiptHandle = "" }: { ReceiptHandle?: string | undefined }) => {
        messages.remove(queue, ReceiptHandle);
        return {};
      };
      return database.write(() => runBatch("DeleteMessageBatch", Entries, remove));
    },
    ChangeMessageVisibility: async (input: ChangeMessageVisibilityCommandInput, request) => {
      const queue = permittedQueue(context, request, "ChangeMessageVisibility", input.QueueUrl);
      await database.write(() => changeVisibility(context, queue, input));
      arrivals.announce(queue);
      return undefined;
    },
    ChangeMessageVisibilityBatch: async (
      { QueueUrl, Entries = [] }: ChangeMessageVisibilityBatchCommandInput,
      request,
    ) => {
      const queue = permittedQueue(context, request, "ChangeMessageVisibility", QueueUrl);
      const change = (entry: Parameters<typeof changeVisibility>[2]) =>
        changeVisibility(context, queue, entry);
      const result = await database.write(() => runBatch("ChangeMessageVisibilityBatch", Entries, change));
      arrivals.announce(queue);
      return result;
    },
  };
}

type SendInput = Pick<
  SendMessageCommandInput,
  "MessageBody" | "DelaySeconds" | "MessageAttributes" | "MessageSystemAttributes" | "MessageGroupId"
>;

function send({ messages, queues }: SqsContext, to: Queue, input: SendInput, request: Request) {
  const queue = queues.current(to);
  const { MessageBody: body = "", DelaySeconds, MessageGroupId } = input;
  const attributes = input.MessageAttributes as MessageAttributes | undefined;
  const system = input.MessageSystemAttributes as MessageAttributes | undefined;
  checkMessage(queue, body, attributes, DelaySeconds);
  checkGroup(MessageGroupId);
  checkSystemAttributes(system);
  const inserted = messages.insert(queue, {
    body,
    attributes,
    delayMs: DelaySeconds === undefined ? undefined : DelaySeconds * 1000,
    sender: request.principal?.arn ?? "",
    trace: system?.AWSTraceHeader?.StringValue ?? request.headers["x-amzn-trace-id"],
    group: MessageGroupId,
  });
  return {
    MessageId: inserted.messageId,
    MD5OfMessageBody: inserted.bodyMd5,
    MD5OfMessageAttributes: inserted.attributesMd5,
    ...(system && Object.keys(system).length > 0 && { MD5OfMessageSystemAttributes: attributesMd5(system) }),
  };
}

function changeVisibility(
  { messages }: SqsContext,
  queue: Queue,
  {
    ReceiptHandle = "",
    VisibilityTimeout = 0,
  }: { ReceiptHandle?: string | undefined; VisibilityTimeout?: number | undefined },
): object {
  if (!(VisibilityTimeout >= 0 && VisibilityTimeout <= MAX_VISIBILITY_SECONDS)) {
    throw invalid(
      `Value ${VisibilityTimeout} for parameter VisibilityTimeout is invalid. Reason: Must be between 0 and ${MAX_VISIBILITY_SECONDS}, if provided.`,
    );
  }
  if (messages.changeVisibility(queue, ReceiptHandle, VisibilityTimeout * 1000)) return {};
  throw invalid(
    `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  );
}
