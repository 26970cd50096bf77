// The worker's function as Lambda runs it, over the wire: buckets and queues in a local cloud, the SDK, real images.
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSRecord } from "aws-lambda";
import sinon from "sinon";
import { createClients } from "../../worker/aws/clients.ts";
import type { Handler } from "../../worker/create-handler.ts";
import type { LogLine } from "../../worker/log.ts";
import { startTestCloud } from "./local-cloud.ts";
import { s3Record } from "./records.ts";
import { useEndpoint } from "./wire-server.ts";

export interface TestFunction {
  s3: S3Client;
  upload(key: string, body: Uint8Array): Promise<void>;
  /** Announces the keys as S3 would, and invokes the function with what SQS hands out. */
  announce(...keys: string[]): Promise<{ answer: SQSBatchResponse; lines: LogLine[] }>;
  rendition(key: string): Promise<{ bytes: Buffer; contentType: string | undefined }>;
  /** Source key to reason, of all that are there. */
  deadLetters(): Promise<Map<string, string>>;
  /** Messages on the work queue, received or not. */
  messagesLeft(): Promise<number>;
  stop(): Promise<void>;
}

export interface FunctionOptions {
  recipe: object;
  /** Made when the function's environment is set. */
  load(): Promise<Handler>;
  memoryMiB?: number;
  remainingMs?: number;
}

export async function startFunction(options: FunctionOptions): Promise<TestFunction> {
  const { recipe, load, memoryMiB = 1769, remainingMs = 30_000 } = options;
  const cloud = await startTestCloud();
  const restore = useEndpoint(cloud.endpoint, cloud.iam.rootCredentials);
  const { s3, sqs } = createClients();
  for (const Bucket of ["uploads", "renditions"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const [workQueueUrl, deadLetterQueueUrl] = [await createQueue(sqs, "work"), await createQueue(sqs, "dead")];
  Object.assign(process.env, {
    SOURCE_BUCKET: "uploads",
    DESTINATION_BUCKET: "renditions",
    WORK_QUEUE_URL: workQueueUrl,
    DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
    MAX_RECEIVE_COUNT: "5",
    DARKROOM_RECIPE: JSON.stringify(recipe),
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
  });
  const handler = await load();
  const context = () => {
    const endMs = Date.now() + remainingMs;
    return { functionName: "worker", getRemainingTimeInMillis: () => endMs - Date.now() } as Context;
  };
  const workQueueArn = `arn:aws:sqs:${cloud.region}:${cloud.accountId}:work`;

  return {
    s3,
    async upload(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: "uploads", Key, Body }));
    },
    async announce(...keys) {
      for (const key of keys) {
        const MessageBody = JSON.stringify({ Records: [s3Record(key)] });
        await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody }));
      }
      const messages = await receive(sqs, workQueueUrl);
      const stdout = sinon.stub(process.stdout, "write").returns(true);
      try {
        const Records = messages.map((message) => toRecord(message, workQueueArn));
        const answer = await handler({ Records }, context());
        return { answer, lines: stdout.getCalls().map(({ args: [line] }) => JSON.parse(String(line))) };
      } finally {
        stdout.restore();
      }
    },
    async rendition(Key) {
      const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: "renditions", Key }));
      return { bytes: Buffer.from((await Body?.transformToByteArray()) ?? []), contentType: ContentType };
    },
    async deadLetters() {
      const text = (attribute?: MessageAttributeValue) => attribute?.StringValue ?? "";
      const letters = (await receive(sqs, deadLetterQueueUrl)).map(({ MessageAttributes = {} }) => [
        text(MessageAttributes.SourceKey),
        text(MessageAttributes.ReasonCode),
      ]);
      return new Map(letters as [string, string][]);
    },
    async messagesLeft() {
      const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: workQueueUrl, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name]), 0);
    },
    async stop() {
      restore();
      s3.destroy();
      sqs.destroy();
      await cloud.stop();
    },
  };
}

async function createQueue(sqs: SQSClient, QueueName: string): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
  );
  return Messages;
}

function toRecord({ MessageId, ReceiptHandle, Body, Attributes }: Message, queueArn: string): SQSRecord {
  return {
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    eventSourceARN: queueArn,
  } as unknown as SQSRecord;
}
