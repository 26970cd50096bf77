// The `darkroom` command as its users start it: a process of its own, its words, its exit code.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import sinon from "sinon";
import { runDarkroom } from "../../cli/program.ts";
import { PROJECT_DIRECTORY } from "./a-pipeline.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { until } from "./until.ts";

/** It deploys in a few seconds, unless the machine has much else to do. */
export const START_LIMIT_MS = 180_000;

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningDarkroom {
  process: ChildProcess;
  pid: number;
  ended: Promise<Ended>;
  stderr(): string;
}

export interface DarkroomOptions {
  projectDirectory?: string;
  environment?: Record<string, string>;
  /** Makes it the head of a process group, as a terminal does: a signal to the negative pid reaches its children too. */
  group?: boolean;
}

/** Not that of whoever runs the tests. */
const stateFolder = temporaryFolder();
process.once("exit", stateFolder.remove);

const running = new Set<ChildProcess>();

/** For after a test that failed: what it left running would keep the test runner from ending. */
export function killRemaining(): void {
  for (const child of running) child.kill("SIGKILL");
}

export function startDarkroom(words: readonly string[], options: DarkroomOptions = {}): RunningDarkroom {
  const { projectDirectory = PROJECT_DIRECTORY, environment = {}, group = false } = options;
  const { NO_COLOR, FORCE_COLOR, ...own } = process.env;
  const child = spawn(process.execPath, [join(projectDirectory, "cli/darkroom.ts"), ...words], {
    env: { ...own, DARKROOM_STATE_DIR: stateFolder.path, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: group,
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  const written = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve({ code, ...written }));
  });
  return { process: child, pid: child.pid ?? Number.NaN, ended, stderr: () => written.stderr };
}

export async function darkroom(words: readonly string[], options: DarkroomOptions = {}): Promise<Ended> {
  return await startDarkroom(words, options).ended;
}

/**
 * The same in this process, which saves the second that a process takes to start: for where the process is not the point.
 * One at a time, because it takes over what this process writes. With `typed`, somebody sits at a terminal and types it.
 */
export async function darkroomHere(
  words: readonly string[],
  environment: Record<string, string> = {},
  typed?: string,
): Promise<Ended> {
  const before = { ...process.env };
  const written = { stdout: "", stderr: "" };
  const restore = (["stdout", "stderr"] as const).map((name) => {
    const stub = sinon.stub(process[name], "write").callsFake((text) => {
      written[name] += String(text);
      return true;
    });
    const { isTTY } = process[name];
    process[name].isTTY = false;
    return () => {
      stub.restore();
      process[name].isTTY = isTTY;
    };
  });
  const restoreStdin = stdinThatIs(typed);
  delete process.env.FORCE_COLOR;
  Object.assign(process.env, { NO_COLOR: "1", DARKROOM_STATE_DIR: stateFolder.path, ...environment });
  try {
    return { code: await runDarkroom(words), ...written };
  } finally {
    for (const each of [...restore, restoreStdin]) each();
    process.env = before;
  }
}

function stdinThatIs(typed: string | undefined): () => void {
  const own = Object.getOwnPropertyDescriptor(process, "stdin");
  const keyboard = Object.assign(new PassThrough(), { isTTY: typed !== undefined });
  keyboard.end(typed);
  Object.defineProperty(process, "stdin", { value: keyboard, configurable: true });
  return () => Object.defineProperty(process, "stdin", own ?? {});
}

/** Fails at once when the command ends before it says so. */
export async function untilItSays(running: RunningDarkroom, text: string): Promise<void> {
  await until(
    `darkroom says "${text}"`,
    () => {
      if (running.process.exitCode !== null) throw new Error(`darkroom ended early:\n${running.stderr()}`);
      return running.stderr().includes(text);
    },
    START_LIMIT_MS,
  );
}
