// The pipeline of local mode, as the operations see it: started here, or joined when one is up on the same data.
import { join, resolve } from "node:path";
import { findRunning, type Running } from "../local/running.ts";
import { parseOutputs, targetOf } from "../operations/outputs.ts";
import type { Target } from "../operations/target.ts";
import { expected } from "../settings/problem.ts";
import { createClients } from "./clients.ts";
import { prepareDataDirectory } from "./data-directory.ts";
import { UsageError } from "./exit-code.ts";
import { faultsText, readFaultPlan } from "./faults.ts";
import { createWorkerLog } from "./worker-log.ts";

export const PROJECT_DIRECTORY = resolve(import.meta.dirname, "..");

/** Local mode's one user; it listens on the loopback interface only. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

export interface LocalPipeline {
  endpoint: string;
  region: string;
  target: Target;
  /** Only of a worker started here: one that was up before writes to the process that started it. */
  elapsedMsOf(key: string): number | undefined;
  /** What is up, in a few words. */
  description: string;
  /** What has gone wrong on purpose. */
  faultsText?(): string;
  close(): Promise<void>;
}

export interface LocalOptions {
  data: string;
  stack: string;
  /** Any that is free, when absent. */
  port?: number;
  fresh?: boolean;
  fsync?: boolean;
  /** A seed, or the path of a plan. */
  faults?: string;
}

export async function joinPipeline({
  data,
  fresh = false,
  fsync = false,
  faults,
}: LocalOptions): Promise<LocalPipeline | undefined> {
  const running = await findRunning(data);
  if (!running) return undefined;
  if (fresh || fsync || faults !== undefined) {
    throw new UsageError(
      `Local mode is running on ${data} (process ${running.pid}).`,
      "Stop it before you start afresh, with --fsync or with faults, or use another --data.",
    );
  }
  const { target, close } = connect(running);
  const description = `process ${running.pid}`;
  return { ...running, target, elapsedMsOf: () => undefined, description, close: async () => close() };
}

export async function startPipeline({
  data,
  stack,
  port = 0,
  fresh = false,
  fsync = false,
  faults: faultPlan,
}: LocalOptions): Promise<LocalPipeline> {
  const plan = faultPlan === undefined ? undefined : await readFaultPlan(faultPlan);
  await prepareDataDirectory(data, { fresh });
  // Loaded late: joining needs neither esbuild nor the Pulumi SDK.
  const { buildWorker, hostTarget } = await import("../artifact/build-worker.ts");
  const { startLocal } = await import("../local/local.ts");
  const { createFaults } = await import("../local/faults/faults.ts");
  const artifact = await buildWorker(hostTarget());
  const faults = plan && createFaults(plan);
  const workerLog = createWorkerLog(join(data, "worker.log"));
  const local = await startLocal({
    dataDirectory: resolve(data),
    port,
    fsync,
    projectDirectory: PROJECT_DIRECTORY,
    stack,
    environment: { DARKROOM_ARTIFACT: artifact },
    log: ({ line }) => workerLog.write(line),
    ...(faults && { faults }),
  }).catch((error) => {
    throw isPortRefused(error) ? new UsageError(expected("a free port", "--port", port)) : error;
  });
  const { target, close } = connect(local);
  return {
    ...local,
    target,
    elapsedMsOf: workerLog.elapsedMsOf,
    description: describe(local.resources.map(({ state }) => state)),
    ...(faults && { faultsText: () => faultsText(plan.seed, faults.counts) }),
    close: async () => {
      close();
      await local.close();
      await workerLog.close();
    },
  };
}

function isPortRefused({ code }: NodeJS.ErrnoException): boolean {
  return code === "EADDRINUSE" || code === "EACCES";
}

function connect({ endpoint, region, outputs }: Pick<Running, "endpoint" | "region" | "outputs">) {
  const clients = createClients(
    { endpoint, region, credentials: LOCAL_CREDENTIALS },
    { forcePathStyle: true },
  );
  return { target: targetOf(parseOutputs(outputs), clients), close: clients.destroy };
}

/** Alarms and the like have no local meaning: they are recorded, not run. */
function describe(states: readonly string[]): string {
  const recorded = states.filter((state) => state === "recorded").length;
  return `${states.length - recorded} resources${recorded > 0 ? `, ${recorded} recorded` : ""}`;
}
