// A cloud in a process of its own, to be killed, and the clients of those who use it. They never try again: what became of
// a request whose answer is lost is not known, and the ledger says so.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

export interface KillableOptions {
  dataDirectory: string;
  /** How far its clock, and that of its clients, is ahead. */
  aheadMs?: number;
  fsync?: boolean;
}

export interface Clients {
  s3: S3Client;
  sqs: SQSClient;
  lambda: LambdaClient;
}

export interface KillableCloud extends Clients {
  endpoint: string;
  /** From the start of the process to its first answer. */
  startMs: number;
  pid: number;
  /** What went wrong in it, as it said itself. */
  bugs: readonly string[];
  kill(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./fixtures/cloud-process.ts", import.meta.url));

export async function startKillableCloud({
  dataDirectory,
  aheadMs = 0,
  fsync = false,
}: KillableOptions): Promise<KillableCloud> {
  const startedMs = performance.now();
  const bugs: string[] = [];
  const child = fork(PROGRAM, [JSON.stringify({ dataDirectory, port: 0, aheadMs, fsync })]);
  const endpoint = await endpointOf(child, bugs);
  const config = {
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  };
  const clients = {
    s3: new S3Client({ ...config, forcePathStyle: true }),
    sqs: new SQSClient(config),
    lambda: new LambdaClient(config),
  };
  for (const client of Object.values(clients)) {
    // The client would set its clock by the date of the first answer, which is not the cloud's.
    Object.defineProperty(client.config, "systemClockOffset", { get: () => aheadMs, set: () => {} });
  }
  return {
    ...clients,
    endpoint,
    startMs: performance.now() - startedMs,
    pid: child.pid ?? Number.NaN,
    bugs,
    async kill() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function endpointOf(child: ChildProcess, bugs: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The cloud ended with ${code} before it was up.`)));
    child.on("message", ({ endpoint, bug }: { endpoint?: string; bug?: string }) => {
      if (bug !== undefined) bugs.push(bug);
      if (endpoint !== undefined) resolve(endpoint);
    });
  });
}
