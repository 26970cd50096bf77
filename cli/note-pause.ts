// Whoever waits for work to be done is told when nobody does it: otherwise nothing would happen for minutes, and nothing say why.
import { setTimeout as sleep } from "node:timers/promises";
import { pausedIn, readMappings } from "../operations/status.ts";
import type { OpenTarget } from "./target.ts";
import { note } from "./terminal/screen.ts";

export type Waiting = Pick<OpenTarget, "target" | "signal" | "command" | "pace">;

/** Rarer than looks at the queue: nobody minds to hear of it some seconds late. */
const PACES_BETWEEN_LOOKS = 5;

/** Says once what is paused: before the work begins, or while it goes on. */
export async function notingPause<Result>(open: Waiting, work: () => Promise<Result>): Promise<Result> {
  const over = new AbortController();
  const signal = AbortSignal.any([open.signal, over.signal]);
  const isNoted = await notePause(open);
  const watching = isNoted ? undefined : untilNoted({ ...open, signal });
  try {
    return await work();
  } finally {
    over.abort();
    await watching;
  }
}

async function untilNoted(open: Waiting): Promise<void> {
  while (!open.signal.aborted) {
    try {
      await sleep(PACES_BETWEEN_LOOKS * open.pace.pollMs, undefined, { signal: open.signal });
      if (await notePause(open)) return;
    } catch {
      // The work is over; or a look failed, and that must not end the work.
    }
  }
}

async function notePause({ target, signal, command }: Waiting): Promise<boolean> {
  const paused = pausedIn((await readMappings(target, signal)) ?? []);
  if (paused.length === 0 || signal.aborted) return false;
  const [lanes, are] =
    paused.length === 1 ? [`${paused[0]} lane`, "is"] : [`${paused.join(" and ")} lanes`, "are"];
  note(`The ${lanes} ${are} paused: nothing is done before\n  ${command("resume")}`);
  return true;
}
