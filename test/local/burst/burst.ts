// Many small uploads at once, their messages piling up; then the cloud is killed, started again, and drains them. What it
// is about: memory that does not grow with them, and a last tenth that is not slower than the first.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, PutBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import sharp from "sharp";
import { createSigner, openConnection } from "../../../bench/raw-client.ts";
import { createOpenQueue } from "../durability/queues.ts";

export interface BurstOptions {
  dataDirectory: string;
  uploads: number;
  clients?: number;
}

export interface BurstReport {
  uploadSeconds: number;
  drainSeconds: number;
  /** Of the last tenth to the first: 1.2 is a fifth slower. */
  uploadSlowdown: number;
  drainSlowdown: number;
  /** From the start of the process, with all the messages waiting, to its first answer. */
  restartMs: number;
  peakMiB: number;
  /** What is neither drained nor waiting in the end. */
  left: number;
}

const PROGRAM = fileURLToPath(new URL("./fixtures/burst-process.ts", import.meta.url));
const BUCKET = "burst";
const SLICES = 10;

export async function runBurst({ dataDirectory, uploads, clients = 8 }: BurstOptions): Promise<BurstReport> {
  let cloud = await start(dataDirectory);
  try {
    await prepare(cloud.endpoint);
    const picture = await sharp({ create: { width: 16, height: 16, channels: 3, background: "teal" } })
      .png()
      .toBuffer();
    const uploadMs: number[] = [];
    for (let slice = 0; slice < SLICES; slice += 1)
      uploadMs.push(await upload(cloud.endpoint, slice, { count: uploads / SLICES, picture, clients }));
    const peakOfUploads = peakMiBOf(cloud.child);
    const waiting = await depth(cloud.endpoint);
    if (waiting < uploads) throw new Error(`Expected ${uploads} messages, but received ${waiting}.`);

    await end(cloud.child);
    const startedMs = performance.now();
    cloud = await start(dataDirectory);
    const left = await depth(cloud.endpoint);
    const restartMs = performance.now() - startedMs;
    if (left !== waiting)
      throw new Error(`Expected ${waiting} messages after the kill, but received ${left}.`);
    const drainMs = await drainAll(cloud, left);
    return {
      uploadSeconds: sum(uploadMs) / 1000,
      drainSeconds: sum(drainMs) / 1000,
      uploadSlowdown: (uploadMs.at(-1) ?? 0) / (uploadMs[0] ?? 1),
      drainSlowdown: (drainMs.at(-1) ?? 0) / (drainMs[0] ?? 1),
      restartMs,
      peakMiB: Math.max(peakOfUploads, peakMiBOf(cloud.child)),
      left: await depth(cloud.endpoint),
    };
  } finally {
    await end(cloud.child);
  }
}

interface Running {
  child: ChildProcess;
  endpoint: string;
}

async function start(dataDirectory: string): Promise<Running> {
  const child = fork(PROGRAM, [dataDirectory]);
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The cloud ended with ${code} before it was up.`)));
    child.once("message", ({ endpoint }: { endpoint: string }) => resolve({ child, endpoint }));
  });
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function config(endpoint: string) {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return { endpoint, region: "us-east-1", credentials };
}

async function prepare(endpoint: string): Promise<void> {
  const s3 = new S3Client({ ...config(endpoint), forcePathStyle: true });
  const sqs = new SQSClient(config(endpoint));
  await createOpenQueue(sqs, "burst");
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  const QueueArn = "arn:aws:sqs:us-east-1:000000000000:burst";
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKET,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn, Events: ["s3:ObjectCreated:*"] }] },
    }),
  );
  s3.destroy();
  sqs.destroy();
}

/** Resolves to how long the uploads took; they are signed before. */
async function upload(
  endpoint: string,
  slice: number,
  { count, picture, clients }: { count: number; picture: Buffer; clients: number },
): Promise<number> {
  const sign = createSigner(endpoint);
  const requests = await Promise.all(
    Array.from({ length: count }, (_, index) =>
      sign({ service: "s3", method: "PUT", path: `/${BUCKET}/${slice}/${index}.png`, body: picture }),
    ),
  );
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      const connection = openConnection(endpoint);
      for (let next = requests.pop(); next; next = requests.pop()) await connection.ask(next);
      connection.close();
    }),
  );
  return performance.now() - startedMs;
}

/** How long each tenth took. */
async function drainAll({ child, endpoint }: Running, messages: number): Promise<number[]> {
  child.send("drain");
  let sinceMs = performance.now();
  const times: number[] = [];
  while (times.length < SLICES) {
    await pause(50);
    const left = await depth(endpoint);
    while (times.length < SLICES && left <= messages - ((times.length + 1) * messages) / SLICES) {
      const now = performance.now();
      times.push(now - sinceMs);
      sinceMs = now;
    }
  }
  return times;
}

/** All that are not deleted. */
async function depth(endpoint: string): Promise<number> {
  const sqs = new SQSClient(config(endpoint));
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: `${endpoint}/000000000000/burst`,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  sqs.destroy();
  return sum(Object.values(Attributes).map(Number));
}

function peakMiBOf({ pid }: ChildProcess): number {
  const [, kiB = "0"] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kiB) / 1024;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
