// What an endpoint is asked for: messages sent, received and deleted, alone and by tens; objects of 200 KB put and got.
import { randomBytes } from "node:crypto";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createSigner, openConnection, type RawRequest, type Signed } from "./raw-client.ts";

export interface Task {
  name: string;
  /** Not measured. */
  prepare?(): Promise<void>;
  /** By one of the clients; resolves to how many messages or objects it was, 0 when there are no more. */
  once(client: number): Promise<number>;
  end?(): Promise<void>;
}

export interface TaskOptions {
  clients: number;
  round: number;
}

const BUCKET = "bench-endpoint";
const OBJECT_BYTES = 200_000;
const KEYS = 50;
const BATCH = 10;
/** As long as what S3 says of one object. */
const MESSAGE = "x".repeat(800);

function clientsOf(endpoint: string) {
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  };
  return { s3: new S3Client({ ...config, forcePathStyle: true }), sqs: new SQSClient(config) };
}

async function prepareEndpoint(endpoint: string, name: string) {
  const { s3, sqs } = clientsOf(endpoint);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const Attributes = { VisibilityTimeout: "3600" };
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  const forget = async () => {
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    s3.destroy();
    sqs.destroy();
  };
  return { s3, sqs, QueueUrl, forget };
}

const entries = (more: object) =>
  Array.from({ length: BATCH }, (_, index) => ({ Id: String(index), ...more }));

const counting = (count: number, done: Promise<unknown>) => done.then(() => count);

/** Everything is signed before it is measured. */
export async function rawTasks(endpoint: string, { clients, round }: TaskOptions): Promise<Task[]> {
  const { QueueUrl, forget } = await prepareEndpoint(endpoint, `raw-${round}`);
  const sign = createSigner(endpoint);
  const connections = Array.from({ length: clients }, () => openConnection(endpoint));
  const ask = (client: number, request: Signed) => connections[client % clients]!.ask(request);
  const sqs = (operation: string, input: object): RawRequest => ({
    service: "sqs",
    method: "POST",
    path: "/",
    headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` },
    body: Buffer.from(JSON.stringify({ QueueUrl, ...input })),
  });
  const s3 = (method: string, key: number, body?: Buffer): RawRequest => ({
    service: "s3",
    method,
    path: `/${BUCKET}/object-${key}`,
    ...(body && { body, headers: { "content-type": "image/jpeg" } }),
  });
  const send = await sign(sqs("SendMessage", { MessageBody: MESSAGE }));
  const sendTen = await sign(sqs("SendMessageBatch", { Entries: entries({ MessageBody: MESSAGE }) }));
  const receive = await sign(sqs("ReceiveMessage", { MaxNumberOfMessages: 1 }));
  const receiveTen = await sign(sqs("ReceiveMessage", { MaxNumberOfMessages: BATCH }));
  const body = randomBytes(OBJECT_BYTES);
  const puts = await Promise.all(Array.from({ length: KEYS }, (_, key) => sign(s3("PUT", key, body))));
  const gets = await Promise.all(Array.from({ length: KEYS }, (_, key) => sign(s3("GET", key))));
  const handles: string[] = [];
  let deletes: Signed[] = [];
  let at = 0;

  const received = async (client: number, request: Signed) => {
    const { Messages = [] } = JSON.parse((await ask(client, request)).body().toString());
    for (const { ReceiptHandle } of Messages) handles.push(ReceiptHandle);
    return Messages.length as number;
  };
  const signDeletes = (batch: number, request: (some: string[]) => RawRequest) => async () => {
    deletes = [];
    while (handles.length > 0) deletes.push(await sign(request(handles.splice(0, batch))));
  };
  const deleted = (count: number) => async (client: number) => {
    const request = deletes.pop();
    if (!request) return 0;
    await ask(client, request);
    return count;
  };
  const one = ([ReceiptHandle = ""]: string[]) => sqs("DeleteMessage", { ReceiptHandle });
  const ten = (some: string[]) =>
    sqs("DeleteMessageBatch", {
      Entries: some.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle })),
    });
  return [
    { name: "SendMessage", once: (client) => counting(1, ask(client, send)) },
    { name: "ReceiveMessage, 1", once: (client) => received(client, receive) },
    { name: "DeleteMessage", prepare: signDeletes(1, one), once: deleted(1) },
    { name: "SendMessageBatch, 10", once: (client) => counting(BATCH, ask(client, sendTen)) },
    { name: "ReceiveMessage, 10", once: (client) => received(client, receiveTen) },
    { name: "DeleteMessageBatch, 10", prepare: signDeletes(BATCH, ten), once: deleted(BATCH), end: forget },
    { name: "PUT 200 KB", once: (client) => counting(1, ask(client, puts[at++ % KEYS]!)) },
    {
      name: "GET 200 KB",
      async once(client) {
        const answer = await ask(client, gets[at++ % KEYS]!);
        if (answer.bytes !== OBJECT_BYTES) throw new Error(`Got ${answer.bytes} bytes.`);
        return 1;
      },
      end: async () => connections.forEach((connection) => void connection.close()),
    },
  ];
}

export async function sdkTasks(endpoint: string, { round }: TaskOptions): Promise<Task[]> {
  const { s3, sqs, QueueUrl, forget } = await prepareEndpoint(endpoint, `sdk-${round}`);
  const handles: string[] = [];
  const body = randomBytes(OBJECT_BYTES);
  let at = 0;
  const key = () => ({ Bucket: BUCKET, Key: `object-${at++ % KEYS}` });
  const received = async (MaxNumberOfMessages: number) => {
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages }));
    for (const { ReceiptHandle = "" } of Messages) handles.push(ReceiptHandle);
    return Messages.length;
  };
  return [
    {
      name: "SendMessage",
      once: () => counting(1, sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: MESSAGE }))),
    },
    { name: "ReceiveMessage, 1", once: () => received(1) },
    {
      name: "DeleteMessage",
      async once() {
        const ReceiptHandle = handles.pop();
        if (ReceiptHandle === undefined) return 0;
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        return 1;
      },
    },
    {
      name: "SendMessageBatch, 10",
      async once() {
        await sqs.send(
          new SendMessageBatchCommand({ QueueUrl, Entries: entries({ MessageBody: MESSAGE }) as never }),
        );
        return BATCH;
      },
    },
    { name: "ReceiveMessage, 10", once: () => received(BATCH) },
    {
      name: "DeleteMessageBatch, 10",
      async once() {
        const some = handles.splice(0, BATCH);
        if (some.length === 0) return 0;
        const Entries = some.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
        return some.length;
      },
    },
    {
      name: "PUT 200 KB",
      once: () => counting(1, s3.send(new PutObjectCommand({ ...key(), Body: body }))),
    },
    {
      name: "GET 200 KB",
      async once() {
        const { Body } = await s3.send(new GetObjectCommand(key()));
        await Body?.transformToByteArray();
        return 1;
      },
      end: forget,
    },
  ];
}
