// An execution environment: one process that runs one invocation at a time.
//
//   starting ──handler loaded──► idle ──invoke──► busy ──answer or exception──► idle
//       └──────────┬───────────────┴───────────────┘
//                  └── time-out, memory limit, crash, kill ──► dead: the pool starts another
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  type FunctionConfiguration,
  FunctionError,
  type FunctionLog,
  type Invocation,
  type Log,
} from "../function.ts";
import { environmentVariables, type Surroundings } from "./environment-variables.ts";
import { type Fate, meet } from "./fate.ts";
import { familyOf, residentBytes } from "./resident-memory.ts";
import { type RuntimeApi, serveRuntimeApi } from "./runtime-api.ts";

/** Lambda gives the init phase 10 seconds, whatever the function's own time-out. */
const INIT_LIMIT_MS = 10_000;
const MEMORY_POLL_MS = 200;
/** Who belongs to the environment is looked up with every so many looks at its memory: a new child counts after a second. */
const POLLS_PER_FAMILY = 5;
const BYTES_PER_MIB = 1024 * 1024;

export interface EnvironmentOptions {
  initMs?: number;
  /** What befalls the process in its next invocation. */
  fate?(): Fate | undefined;
}

export interface TracedInvocation extends Omit<Invocation, "traces"> {
  /** That the function finds in _X_AMZN_TRACE_ID; the SDK in it puts it on its requests. */
  trace?: string;
}

export interface Environment {
  /** Resolves to the handler's answer, as JSON text. Rejects with a FunctionError. */
  invoke(invocation: TracedInvocation): Promise<string>;
  isAlive(): boolean;
  kill(): void;
}

/** Resolves once the handler is loaded. Rejects with a FunctionError. */
export async function startEnvironment(
  configuration: FunctionConfiguration,
  surroundings: Surroundings,
  log: Log,
  { initMs = INIT_LIMIT_MS, fate = () => undefined }: EnvironmentOptions = {},
): Promise<Environment> {
  const { name, arn, timeoutSeconds, memoryMiB } = configuration;
  const api = await serveRuntimeApi();
  const child = startProcess(configuration, surroundings, api);
  const memory = limitMemory(child, memoryMiB * BYTES_PER_MIB, () =>
    end("Runtime exited with error: signal: killed"),
  );
  let requestId: string | undefined;
  let logOne: Log | undefined;
  let isAlive = true;

  const write = (stream: FunctionLog["stream"], line: string) => {
    const written = { functionName: name, requestId, line, stream };
    log(written);
    logOne?.(written);
  };
  follow(child.stdout, (line) => write("stdout", line));
  follow(child.stderr, (line) => write("stderr", line));
  child.once("error", (error) => end(`Runtime failed to start: ${error.message}`));
  child.once("exit", (code, signal) => end(exitReason(code, signal)));

  function end(reason: string, errorType?: string): void {
    if (!isAlive) return;
    isAlive = false;
    killGroup(child); // First: the runtime would complain that its API is gone.
    memory.stop();
    api.abandon(new FunctionError(reason, errorType));
    api.close();
  }

  async function within<Result>(limitMs: number, reason: string, work: Promise<Result>): Promise<Result> {
    const timer = setTimeout(() => end(reason, "Sandbox.Timedout"), limitMs);
    return work.finally(() => clearTimeout(timer));
  }

  async function invoke({ log: alsoLog, invokedArn, ...sent }: TracedInvocation): Promise<string> {
    requestId = sent.requestId ?? randomUUID();
    logOne = alsoLog;
    const startedMs = Date.now();
    const deadlineMs = startedMs + timeoutSeconds * 1000;
    const invocation = { ...sent, requestId, functionArn: invokedArn ?? arn, deadlineMs };
    const release = meet(fate(), child.pid);
    write("platform", `START RequestId: ${requestId} Version: $LATEST`);
    try {
      const late = `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`;
      return await within(timeoutSeconds * 1000, late, api.invoke(invocation));
    } catch (error) {
      // The runtime itself has logged what its handler threw.
      if (!isAlive) write("platform", `${requestId} ${(error as Error).message}`);
      throw error;
    } finally {
      release();
      // It wrote before it answered, but the answer may be read before that: both are there by the end of this turn.
      await setImmediate();
      const used = `Memory Size: ${memoryMiB} MB Max Memory Used: ${Math.ceil(memory.peakBytes() / BYTES_PER_MIB)} MB`;
      write("platform", `REPORT RequestId: ${requestId} Duration: ${Date.now() - startedMs} ms ${used}`);
      logOne = undefined;
    }
  }

  try {
    await within(initMs, `Init phase timed out after ${(initMs / 1000).toFixed(2)} seconds`, api.initialised);
  } catch (error) {
    write("platform", `INIT_REPORT Status: error ${(error as Error).message}`);
    end("The init phase failed");
    throw error;
  }
  return { invoke, isAlive: () => isAlive, kill: () => end("The environment was shut down") };
}

/** In a process group of its own, which ends when the pipe that this process holds open is closed. */
function startProcess(
  configuration: FunctionConfiguration,
  surroundings: Surroundings,
  api: RuntimeApi,
): ChildProcess {
  const { codeDirectory, memoryMiB } = configuration;
  const logStreamName = `[$LATEST]${randomUUID().replaceAll("-", "")}`;
  const bootstrap = fileURLToPath(new URL("./bootstrap.ts", import.meta.url));
  // As Lambda does, so that the garbage collector knows how much room there is.
  const heap = `--max-old-space-size=${Math.floor(memoryMiB * 0.9)}`;
  return spawn(process.execPath, [heap, bootstrap], {
    cwd: codeDirectory,
    env: environmentVariables(configuration, surroundings, { runtimeApi: api.address, logStreamName }),
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    detached: true,
  });
}

function limitMemory(child: ChildProcess, limitBytes: number, exceeded: () => void) {
  let peak = 0;
  let polls = 0;
  let family: number[] = [];
  const look = () => {
    if (polls++ % POLLS_PER_FAMILY === 0 && child.pid !== undefined) family = familyOf(child.pid);
    peak = Math.max(peak, residentBytes(family));
    if (peak > limitBytes) exceeded();
  };
  const timer = setInterval(look, MEMORY_POLL_MS).unref();
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}

/** Not node:readline, which ends lines at U+2028 too: JSON may contain that. */
function follow(output: Readable | null, write: (line: string) => void): void {
  let rest = "";
  output?.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(write);
  });
  output?.on("end", () => {
    if (rest !== "") write(rest);
  });
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "Runtime exited with error: signal: killed";
  if (signal !== null) return `Runtime exited with error: signal: ${signal}`;
  return code === 0
    ? "Runtime exited without providing a reason"
    : `Runtime exited with error: exit status ${code}`;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone, with all its children.
  }
}
