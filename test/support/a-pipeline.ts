// The pipeline with real processes: the program of a project deployed to a local cloud, and the built artifact behind it.
import { join, resolve } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { buildWorker, hostTarget } from "../../artifact/build-worker.ts";
import { createClients } from "../../cli/clients.ts";
import { LOCAL_CREDENTIALS } from "../../cli/local-pipeline.ts";
import type { FunctionLog } from "../../local/lambda/function.ts";
import { startLocal } from "../../local/local.ts";
import { parseOutputs, targetOf } from "../../operations/outputs.ts";
import { laneDepth, messageCount, queueDepth } from "../../operations/queue-depth.ts";
import type { Target } from "../../operations/target.ts";
import type { LogLine } from "../../worker/log.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

export const PROJECT_DIRECTORY = resolve(import.meta.dirname, "../..");

export interface TestPipeline extends Target {
  endpoint: string;
  dataDirectory: string;
  /** Of the stack. */
  outputs: Record<string, unknown>;
  /** What the worker wrote so far. */
  lines: LogLine[];
  /** What the platform wrote about the worker: starts, reports, deaths. */
  platformLines: string[];
  put(key: string, body: Uint8Array | string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Resolves when every message is dealt with. An upload that is answered is in the queue: the count cannot lag. */
  drained(limitMs?: number): Promise<void>;
  /** Takes all there are, with all they carry. */
  takeDeadLetters(): Promise<Message[]>;
  stop(): Promise<void>;
}

export interface PipelineOptions {
  projectDirectory?: string;
  stack?: string;
  maximumEnvironments?: number;
}

export async function startPipeline({
  projectDirectory = PROJECT_DIRECTORY,
  stack = "dev",
  maximumEnvironments = 2,
}: PipelineOptions = {}): Promise<TestPipeline> {
  const folder = temporaryFolder();
  const dataDirectory = join(folder.path, "data");
  const lines: LogLine[] = [];
  const platformLines: string[] = [];
  const { outputs, endpoint, region, close } = await startLocal({
    dataDirectory,
    projectDirectory,
    stack,
    environment: { DARKROOM_ARTIFACT: await buildWorker(hostTarget()) },
    maximumEnvironments,
    log: (entry) => {
      lines.push(...readLine(entry));
      if (entry.stream === "platform") platformLines.push(entry.line);
    },
  }).catch((error) => {
    folder.remove();
    throw error;
  });
  const clients = createClients(
    { endpoint, region, credentials: LOCAL_CREDENTIALS },
    { forcePathStyle: true },
  );
  const target = targetOf(parseOutputs(outputs), clients);
  return {
    ...target,
    ...{ endpoint, dataDirectory, outputs },
    lines,
    platformLines,
    ...operationsOn(target),
    async stop() {
      clients.destroy();
      await close();
      folder.remove();
    },
  };
}

/** Every message of each lane is dealt with: what the worker logged and wrote about them is there. */
export async function drained(target: Parameters<typeof laneDepth>[0], limitMs = 60_000): Promise<void> {
  await until("each lane is empty", async () => messageCount(await laneDepth(target)) === 0, limitMs);
}

function operationsOn(target: Target) {
  const { s3, sqs, sourceBucket, deadLetterQueueUrl } = target;
  return {
    async put(Key: string, Body: Uint8Array | string) {
      await s3.send(new PutObjectCommand({ Bucket: sourceBucket, Key, Body }));
    },
    async remove(Key: string) {
      await s3.send(new DeleteObjectCommand({ Bucket: sourceBucket, Key }));
    },
    drained: (limitMs?: number) => drained(target, limitMs),
    async takeDeadLetters() {
      const messages: Message[] = [];
      const total = messageCount(await queueDepth(sqs, deadLetterQueueUrl));
      while (messages.length < total) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: deadLetterQueueUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ["All"],
          }),
        );
        if (Messages.length === 0) throw new Error(`Expected ${total} dead letters, but received fewer.`);
        for (const { ReceiptHandle } of Messages) {
          await sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle }));
        }
        messages.push(...Messages);
      }
      return messages;
    },
  };
}

function readLine({ line, stream }: FunctionLog): LogLine[] {
  return stream === "stdout" && line.startsWith("{") ? [JSON.parse(line)] : [];
}
