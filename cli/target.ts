// Which pipeline a command works on: the local one that is up, or a deployed stack by its outputs.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Engine } from "../operations/engine.ts";
import { parseOutputs, targetOf } from "../operations/outputs.ts";
import type { Target } from "../operations/target.ts";
import { createClients } from "./clients.ts";
import { type CommandText, commandTextOf } from "./command-text.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { onInterruption } from "./interruption.ts";
import { joinPipeline, PROJECT_DIRECTORY } from "./local-pipeline.ts";
import { noteStop } from "./terminal/screen.ts";

export interface OpenTarget {
  target: Target;
  /** Somebody may count on it: whoever changes it is asked first. */
  isDeployed: boolean;
  /** For people: "local mode at http://…", "stack prod". */
  name: string;
  /** How quickly counts are true and how long to wait for a message; AWS's servers each know a part. */
  pace: { pollMs: number; settleMs: number; waitSeconds: number };
  signal: AbortSignal;
  /** A command of the same target. */
  command: CommandText;
}

const AWS_PACE = { pollMs: 2000, settleMs: 60_000, waitSeconds: 1 };
/** Local mode's counts are exact. */
const LOCAL_PACE = { pollMs: 200, settleMs: 3000, waitSeconds: 0 };

/** Ends with 130 when it is interrupted, after `work` has put back what it holds. */
export async function withTarget(
  options: TargetOptions,
  work: (open: OpenTarget) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { signal, release } = onInterruption(noteStop);
  try {
    const { close, ...open } = await openTarget(options);
    const code = await work({ ...open, signal, command: commandTextOf(options) }).finally(close);
    return signal.aborted ? EXIT_CODE.interrupted : code;
  } catch (error) {
    if (signal.aborted) return EXIT_CODE.interrupted;
    throw error;
  } finally {
    release();
  }
}

/** For commands that ask Lambda. */
export function engineOf({ engine }: Target): Engine {
  if (engine) return engine;
  throw new UsageError(
    "The stack's outputs do not name its function and its event source mapping.",
    "`pulumi stack output --json` of the present program has functionName and eventSourceMappingId.",
  );
}

async function openTarget({ data, stack, outputs }: TargetOptions) {
  if (outputs !== undefined) return deployed(await readJson(outputs), outputs);
  if (stack !== undefined) return deployed(await askPulumi(stack), `stack ${stack}`);
  const joined = await joinPipeline({ data, stack: "" });
  if (!joined) {
    throw new UsageError(
      `No local mode is up on ${data}.`,
      "Start one with `npm start -- --keep`, or name a deployed stack with --stack or --outputs.",
    );
  }
  const { target, endpoint, close } = joined;
  return { target, isDeployed: false, name: `local mode at ${endpoint}`, pace: LOCAL_PACE, close };
}

/** One server, which knows all of a queue: no need to wait for others to agree. */
function isOfThisMachine(endpoint: string | undefined): boolean {
  return endpoint !== undefined && ["127.0.0.1", "localhost"].includes(new URL(endpoint).hostname);
}

/** Region, credentials and endpoint come from the usual places of the AWS SDK; the region of the stack comes first. */
function deployed(outputs: unknown, name: string) {
  const stackOutputs = parsed(outputs, name);
  const { region } = stackOutputs;
  const { AWS_ENDPOINT_URL: endpoint } = process.env;
  const clients = createClients({ region }, { forcePathStyle: endpoint !== undefined });
  return {
    target: targetOf(stackOutputs, clients),
    isDeployed: true,
    name,
    pace: isOfThisMachine(endpoint) ? LOCAL_PACE : AWS_PACE,
    close: async () => clients.destroy(),
  };
}

function parsed(outputs: unknown, name: string) {
  try {
    return parseOutputs(outputs);
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message}`, OUTPUTS_HINT);
  }
}

const OUTPUTS_HINT = "`pulumi stack output --json >outputs.json` writes such a file.";

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new UsageError(`--outputs ${file} cannot be read: ${(error as Error).message}.`, OUTPUTS_HINT);
  }
}

async function askPulumi(stack: string): Promise<unknown> {
  const words = ["stack", "output", "--json", "--stack", stack, "--cwd", PROJECT_DIRECTORY];
  try {
    return JSON.parse((await promisify(execFile)("pulumi", words)).stdout);
  } catch (error) {
    const { code, stderr, message } = error as Error & { code?: unknown; stderr?: string };
    if (code === "ENOENT") {
      throw new UsageError(
        "The pulumi command is not here.",
        "Give the stack's outputs with --outputs FILE.",
      );
    }
    throw new UsageError(
      `pulumi does not tell the outputs of ${stack}: ${stderr?.trim() || message}`,
      "`pulumi stack ls` has the names of the stacks.",
    );
  }
}
