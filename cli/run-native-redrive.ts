// What `darkroom dlq redrive --native --yes` does: SQS moves all dead letters, and then they are followed like others.
import { type DeadLetter, listDeadLetters } from "../operations/dead-letters/dead-letters.ts";
import { findRunningTask, type MoveTask, moveAll } from "../operations/dead-letters/move-task.ts";
import { type Fate, followRedriven } from "../operations/dead-letters/redrive-fate.ts";
import { messageCount, type QueueDepth, queueDepth } from "../operations/queue-depth.ts";
import { recordChange } from "./audit.ts";
import type { CommandText } from "./command-text.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { fatesJson } from "./json-redrive.ts";
import { notingPause } from "./note-pause.ts";
import type { RedriveWords } from "./redrive-words.ts";
import type { OpenTarget } from "./target.ts";
import { fatesTable, outlookLines, tally } from "./terminal/redrive.ts";
import { note, progressLine } from "./terminal/screen.ts";

/** More are not looked at one by one before they are moved: that takes longer than SQS does. */
const MAX_FOLLOWED = 10_000;

export async function moveNatively(open: OpenTarget, words: RedriveWords): Promise<ExitCode> {
  const { target } = open;
  const running = await findRunningTask(target);
  if (running) {
    throw new UsageError(
      `SQS is moving dead letters already: ${running.moved} of ${running.toMove ?? "?"}.`,
      "It does one such task at a time: wait until this one has ended.",
    );
  }
  const work = () => move(open, words);
  const { task, fates } = await (words.follow ? notingPause(open, work) : work());
  const isDone = task.status === "COMPLETED" && [...fates.values()].every(({ state }) => state === "done");
  if (words.json) console.log(JSON.stringify({ ...task, ...fatesJson(fates) }, null, 2));
  else console.log(nativeText(task, fates, open.command));
  return isDone ? EXIT_CODE.done : EXIT_CODE.someFailed;
}

async function move(open: OpenTarget, { rate, follow }: RedriveWords) {
  const { target, pace, signal } = open;
  const letters = follow ? await lettersToFollow(open) : [];
  const line = progressLine();
  const onProgress = ({ moved, toMove }: MoveTask) => line.show(`Moving… ${moved} of ${toMove ?? "?"}`);
  const moving = moveAll(target, { ratePerSecond: rate, pollMs: pace.pollMs, signal, onProgress });
  const task = await moving.finally(() => line.clear());
  await recordChange(open, {
    deed: "redrive",
    filter: { native: true, rate },
    counts: { redriven: task.moved },
  });
  return { task, fates: await fatesOf(open, task, letters) };
}

async function lettersToFollow({ target, pace, signal, command }: OpenTarget): Promise<DeadLetter[]> {
  const count = messageCount(await queueDepth(target.sqs, target.deadLetterQueueUrl, signal));
  if (count > MAX_FOLLOWED) {
    note(
      `${countText(count, "dead letter")}: too many to follow each. How many are left:\n  ${command("status")}`,
    );
    return [];
  }
  const letters: DeadLetter[] = [];
  for await (const letter of listDeadLetters(target, { ...pace, signal })) letters.push(letter);
  return letters;
}

/** Of a task that was cancelled, nobody knows which it moved. */
async function fatesOf({ target, pace, signal }: OpenTarget, task: MoveTask, letters: readonly DeadLetter[]) {
  if (task.status !== "COMPLETED" || signal.aborted) return new Map<DeadLetter, Fate>();
  const line = progressLine();
  const onProgress = (fates: ReadonlyMap<DeadLetter, Fate>, depth: QueueDepth) =>
    line.show(followingLine(fates, depth));
  const following = followRedriven(target, letters, { ...pace, signal, isNative: true, onProgress });
  return await following.finally(() => line.clear());
}

export function followingLine(fates: ReadonlyMap<DeadLetter, Fate>, depth: QueueDepth): string {
  const settled = [...fates.values()].filter(({ state }) => state !== "pending").length;
  return `Following… ${settled} of ${fates.size}; ${countText(messageCount(depth), "message")} waiting`;
}

function nativeText(task: MoveTask, fates: ReadonlyMap<DeadLetter, Fate>, command: CommandText): string {
  const { moved, toMove, failureReason } = task;
  const of = toMove === undefined ? "" : ` of ${toMove.toLocaleString("en")}`;
  const ends: Readonly<Record<string, string>> = {
    COMPLETED: "",
    CANCELLED: " Cancelled: what is moved stays moved, the rest stays a dead letter.",
    FAILED: ` SQS gave up${failureReason ? `: ${failureReason}` : ""}. The rest stays a dead letter.`,
  };
  const what = `SQS moved ${moved.toLocaleString("en")}${of} dead letters.${ends[task.status] ?? ` ${task.status}.`}`;
  if (fates.size === 0) return what;
  const rows = tally({ fates });
  return [what, fatesTable(rows), ...outlookLines(rows, command)].join("\n");
}
