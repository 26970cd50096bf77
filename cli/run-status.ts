// What `darkroom status` does: one look, or a look again and again.
import { setTimeout as sleep } from "node:timers/promises";
import { drainForecast } from "../operations/drain-forecast.ts";
import { oldestAges } from "../operations/oldest-age.ts";
import { readMappings, readStatus, type Status, waitingIn } from "../operations/status.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { statusText } from "./terminal/status.ts";

export interface StatusWords extends TargetOptions {
  watch?: true;
}

/** As many as the sparkline has room for. */
const MAX_LOOKS = 48;
/** For a rate that does not jump, and yet notices when something changes. */
const LOOKS_OF_FORECAST = 16;

/** Over what was there, line by line: a screen that is cleared first flickers. */
function overScreen(text: string): string {
  return `\u001b[H${text.replaceAll("\n", "\u001b[K\n")}\u001b[J`;
}

export async function runStatus(words: StatusWords): Promise<ExitCode> {
  return await withTarget(words, (open) => showStatus(open, words));
}

async function showStatus(open: OpenTarget, words: StatusWords): Promise<ExitCode> {
  const { target, pace, signal } = open;
  const looks: Status[] = [];
  const look = async () => {
    const [mappings, ages] = await Promise.all([readMappings(target, signal), oldestAges(target, signal)]);
    const status = await readStatus(target, { ...pace, mappings, ages, signal });
    looks.push(status);
    if (looks.length > MAX_LOOKS) looks.shift();
    return status;
  };
  let status = await look();
  // One look tells no rate.
  if (!words.watch && waitingIn(status) > 0) status = await pause(open).then(look);
  print(open, status, looks, words);
  while (words.watch) {
    await pause(open);
    print(open, await look(), looks, words);
  }
  return EXIT_CODE.done;
}

async function pause({ pace, signal }: OpenTarget): Promise<void> {
  await sleep(5 * pace.pollMs, undefined, { signal });
}

export function print(
  { name, command }: Pick<OpenTarget, "name" | "command">,
  status: Status,
  looks: readonly Status[],
  words: StatusWords,
): void {
  const { watch, json } = words;
  const history = looks.map((each) => ({ atMs: each.atMs, waiting: waitingIn(each) }));
  const pace = drainForecast(history.slice(-LOOKS_OF_FORECAST));
  if (json) {
    console.log(JSON.stringify({ ...status, pace }, null, watch ? 0 : 2));
    return;
  }
  const waiting = watch ? history.map((each) => each.waiting) : [];
  const { isTTY, rows } = process.stdout;
  const maxRows = watch && isTTY ? rows - 1 : undefined;
  const text = `${statusText(name, status, { pace, waiting, maxRows, command })}\n`;
  process.stdout.write(maxRows === undefined ? `${text}\n` : overScreen(text));
}
