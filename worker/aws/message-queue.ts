// The queues, over SQS.
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { MessageQueue } from "../batch/queue.ts";
import { toAwsFailure } from "./errors.ts";

export function createMessageQueue(
  client: SQSClient,
  workQueueUrl: string,
  deadLetterQueueUrl: string,
): MessageQueue {
  return {
    async sendToDeadLetters(body, attributes) {
      const command = new SendMessageCommand({
        QueueUrl: deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(Object.entries(attributes).map(stringAttribute)),
      });
      await client.send(command).catch(rethrow);
    },

    async delete({ queueArn, receiptHandle }) {
      const command = new DeleteMessageCommand({
        QueueUrl: queueUrl(queueArn, workQueueUrl),
        ReceiptHandle: receiptHandle,
      });
      await client.send(command).catch(rethrow);
    },

    async delayNextReceive({ queueArn, receiptHandle }, seconds) {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl(queueArn, workQueueUrl),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await client.send(command).catch(rethrow);
    },
  };
}

function stringAttribute([name, value]: [string, string]) {
  return [name, { DataType: "String", StringValue: value }] as const;
}

/** A receipt handle is only good at the queue it came from: the work queue, or its sibling for backfills. */
export function queueUrl(queueArn: string, workQueueUrl: string): string {
  const [accountId, name] = queueArn.split(":").slice(-2);
  return new URL(`/${accountId}/${name}`, workQueueUrl).href;
}

function rethrow(error: unknown): never {
  throw toAwsFailure(error);
}
