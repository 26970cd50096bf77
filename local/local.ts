// Local mode: the cloud, Lambda, and the program deployed to them. While it is up, `running.json` in its data directory says
// where, so that others can find it.
import { availableParallelism } from "node:os";
import { startCloud } from "./cloud.ts";
import { clearCode } from "./deployer/code-directory.ts";
import { type Deployment, deploy } from "./deployer/deploy.ts";
import type { Faults } from "./faults/faults.ts";
import type { FunctionLog } from "./lambda/function.ts";
import { createLambda } from "./lambda/lambda.ts";
import { announceRunning, findRunning, forgetRunning } from "./running.ts";

export interface LocalOptions {
  dataDirectory: string;
  /** 0 takes any free one. */
  port?: number;
  projectDirectory: string;
  stack: string;
  /** Added to the environment of the program. */
  environment?: Record<string, string>;
  /** Waits for the disk before every answer, so that a power loss takes nothing either; kill -9 never does. */
  fsync?: boolean;
  /** What shall go wrong; nothing, when absent. */
  faults?: Faults;
  /** Processes per function. */
  maximumEnvironments?: number;
  /** What functions write, and what Lambda says about them. */
  log?(line: FunctionLog): void;
  /** What the program says while it is deployed. */
  logProgram?(line: string): void;
}

export interface Local extends Deployment {
  endpoint: string;
  region: string;
  close(): Promise<void>;
}

export async function startLocal(options: LocalOptions): Promise<Local> {
  const {
    dataDirectory,
    port = 0,
    projectDirectory,
    stack,
    environment = {},
    logProgram = () => {},
  } = options;
  const { maximumEnvironments = availableParallelism(), log = () => {}, fsync = false, faults } = options;
  const other = await findRunning(dataDirectory);
  if (other)
    throw new Error(
      `Expected no local mode for ${dataDirectory}, but process ${other.pid} runs one at ${other.endpoint}.`,
    );
  const cloud = await startCloud({ dataDirectory, port, fsync, ...(faults && { faults }) });
  clearCode(dataDirectory);
  const lambda = createLambda(cloud, { maximumEnvironments, log, ...(faults && { fate: faults.fate }) });
  const { endpoint, region } = cloud;

  async function close(): Promise<void> {
    forgetRunning(dataDirectory);
    await lambda.close();
    await cloud.close();
  }

  try {
    const deployment = await deploy({ cloud, lambda, projectDirectory, stack, environment, log: logProgram });
    lambda.resume();
    announceRunning(dataDirectory, { pid: process.pid, endpoint, region, outputs: deployment.outputs });
    return { ...deployment, endpoint, region, close };
  } catch (error) {
    await close();
    throw error;
  }
}
