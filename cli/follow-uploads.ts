// After an upload: what became of the images, if whoever uploaded them wants to wait for it.
import { followUntilDrained } from "../operations/follow.ts";
import type { Outcome } from "../operations/outcome.ts";
import type { Upload } from "../operations/upload.ts";
import { ask } from "./ask.ts";
import type { CommandText } from "./command-text.ts";
import { countText } from "./figures.ts";
import { notingPause } from "./note-pause.ts";
import type { OpenTarget } from "./target.ts";
import { printable, shorten, wrap } from "./terminal/printable.ts";
import { note, progressBar } from "./terminal/screen.ts";

interface Wish {
  follow?: boolean;
  json?: true;
}

/** Whether all of them are rendered, or nobody wants to know. What was there before is not announced, and not waited for. */
export async function followUploads(
  open: OpenTarget,
  uploads: readonly Upload[],
  wish: Wish,
): Promise<boolean> {
  const sources = uploads.flatMap((upload) =>
    upload.state === "uploaded" ? [{ key: upload.file.key, etag: upload.etag }] : [],
  );
  if (sources.length === 0 || !(await isWanted(wish))) return true;
  const { target, pace, signal } = open;
  const bar = progressBar("Rendering", sources.length);
  const following = () =>
    followUntilDrained(target, sources, {
      ...pace,
      signal,
      onProgress: ({ outcomes }) => bar.update(countOf(outcomes, isSettled), ""),
    });
  const outcomes = await notingPause(open, following).finally(() => bar.stop());
  tellEach(outcomes, wish, open.command);
  const done = countOf(outcomes, ({ state }) => state === "done");
  const pending = countOf(outcomes, ({ state }) => state === "pending");
  const rejected = outcomes.size - done - pending;
  if (!wish.json)
    console.log(`${countText(done, "image")} rendered, ${rejected} rejected, ${pending} pending.`);
  return done === outcomes.size;
}

async function isWanted({ follow, json }: Wish): Promise<boolean> {
  if (follow !== undefined) return follow;
  if (json || !process.stdin.isTTY || !process.stdout.isTTY) {
    if (!json) note("With --follow, it waits until they are rendered.");
    return false;
  }
  const answer = await ask("Wait until they are rendered? [Y/n] ");
  return !answer.trim().toLowerCase().startsWith("n");
}

function isSettled({ state }: Outcome): boolean {
  return state !== "pending";
}

function countOf(outcomes: ReadonlyMap<string, Outcome>, is: (outcome: Outcome) => boolean): number {
  return [...outcomes.values()].filter(is).length;
}

/** More would scroll the rest off the screen; `dlq list` and --json have them all. */
const MAX_REJECTED = 10;

/** What is well needs no line, except for machines. */
function tellEach(outcomes: ReadonlyMap<string, Outcome>, { json }: Wish, command: CommandText): void {
  if (json) {
    for (const [key, outcome] of outcomes) console.log(JSON.stringify({ key, ...machineLine(outcome) }));
    return;
  }
  const rejected = [...outcomes].flatMap(([key, outcome]) =>
    outcome.state === "rejected" ? [{ key, ...outcome }] : [],
  );
  for (const { key, code, message } of rejected.slice(0, MAX_REJECTED)) {
    const lines = wrap(printable(message), 78).map((line) => `\n  ${line}`);
    console.log(`✖ ${shorten(printable(key), 76 - code.length)}  ${printable(code)}${lines.join("")}`);
  }
  const more = rejected.length - MAX_REJECTED;
  if (more > 0) console.log(`… and ${more.toLocaleString("en")} more:\n  ${command("dlq list")}`);
}

function machineLine(outcome: Outcome) {
  const { state } = outcome;
  return state === "rejected" ? { state, code: outcome.code, message: outcome.message } : { state };
}
