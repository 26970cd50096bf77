// What `darkroom status` does: one look, or a look again and again.
import { setTimeout as sleep } from "node:timers/promises";
import { paceBetween, readStatus, type Status, waitingIn } from "../operations/status.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { statusText } from "./terminal/status.ts";

export interface StatusOptions extends TargetOptions {
  watch?: true;
}

/** Several looks of the past, for a rate that does not jump. */
const MAX_LOOKS = 15;
const CLEAR_SCREEN = "\u001b[H\u001b[2J";

export async function runStatus(options: StatusOptions): Promise<ExitCode> {
  return await withTarget(options, (open) => showStatus(open, options));
}

async function showStatus(open: OpenTarget, options: StatusOptions): Promise<ExitCode> {
  const { watch } = options;
  const looks: Status[] = [];
  const look = async () => {
    const { target, pace, signal } = open;
    looks.push(await readStatus(target, { ...pace, signal }));
    if (looks.length > MAX_LOOKS) looks.shift();
  };
  await look();
  // One look tells no rate.
  if (!watch && waitingIn(latest(looks)) > 0) await pause(open).then(look);
  print(open, looks, options);
  while (watch) {
    await pause(open);
    await look();
    print(open, looks, options);
  }
  return EXIT_CODE.done;
}

async function pause({ pace, signal }: OpenTarget): Promise<void> {
  await sleep(5 * pace.pollMs, undefined, { signal });
}

function latest(looks: readonly Status[]): Status {
  const status = looks.at(-1);
  if (!status) throw new Error("Expected at least one look.");
  return status;
}

function print({ name }: OpenTarget, looks: readonly Status[], { watch, json }: StatusOptions) {
  const status = latest(looks);
  const [earliest] = looks;
  const pace = earliest && looks.length > 1 ? paceBetween(earliest, status) : undefined;
  if (json) console.log(JSON.stringify({ ...status, pace }, null, watch ? 0 : 2));
  else console.log(`${watch && process.stdout.isTTY ? CLEAR_SCREEN : ""}${statusText(name, status, pace)}\n`);
}
