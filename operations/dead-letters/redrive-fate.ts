// What became of redriven dead letters: done, rejected again, or not known yet.
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { readDatedManifest } from "../manifest.ts";
import { messageCount, type QueueDepth, queueDepth } from "../queue-depth.ts";
import { headSource } from "../source-report.ts";
import type { Target } from "../target.ts";
import { failedAtMs } from "./dead-letter-filter.ts";
import { createDeadLetterReader } from "./dead-letter-reader.ts";
import type { DeadLetter, ListOptions } from "./dead-letters.ts";
import { codeOf } from "./reasons.ts";

export type Fate = { state: "done" } | { state: "rejected"; code: string } | { state: "pending" };

export interface FateOptions extends ListOptions {
  pollMs?: number;
  /** The queue must be empty for so long before it counts as drained. */
  settleMs?: number;
  /** Whatever happens, not longer than this. */
  limitMs?: number;
  /** All of the queue, by SQS, which counts no redrives: what came later is a return. */
  isNative?: boolean;
  onProgress?(fates: ReadonlyMap<DeadLetter, Fate>, depth: QueueDepth): void;
}

/** Whoever waits wants to know by then. */
export const FOLLOW_LIMIT_MS = 600_000;

/** How many are asked about in one look while the queue is busy. */
const MAX_ASKED = 200;

/** By dead letter. Those whose queue stays busy for longer than the limit are pending. */
export async function followRedriven(
  target: Target,
  letters: readonly DeadLetter[],
  {
    pollMs = 500,
    settleMs = 60_000,
    limitMs = FOLLOW_LIMIT_MS,
    onProgress,
    isNative = false,
    ...listing
  }: FateOptions = {},
): Promise<Map<DeadLetter, Fate>> {
  const fates = new Map<DeadLetter, Fate>(letters.map((letter) => [letter, { state: "pending" }]));
  const { signal } = listing;
  const { sqs, workQueueUrl, backfillQueueUrl = workQueueUrl } = target;
  const isReturn = isNative ? isLater(letters) : isRedrivenMore;
  const deadLetters = createDeadLetterReader(target, listing);
  const patience = Math.max(2, Math.ceil(settleMs / pollMs));
  const endMs = performance.now() + limitMs;
  let emptyLooks = 0;
  while (true) {
    // Only the queue they were sent to: new uploads in the other one tell nothing of them.
    const depth = await queueDepth(sqs, backfillQueueUrl, signal);
    emptyLooks = messageCount(depth) === 0 ? emptyLooks + 1 : 0;
    const isDrained = emptyLooks >= patience;
    const pending = letters.filter((letter) => fates.get(letter)?.state === "pending");
    const asked = isDrained ? pending : pending.slice(0, MAX_ASKED);
    // That none of them is a dead letter again must be true now, not when somebody last looked.
    const again = isDrained ? await deadLetters.readAnew() : await deadLetters.read();
    for (const [letter, fate] of await readFates(target, asked, { again, isReturn, isDrained, signal }))
      fates.set(letter, fate);
    onProgress?.(fates, depth);
    const isSettled = letters.every((letter) => fates.get(letter)?.state !== "pending");
    if (isSettled || isDrained || performance.now() > endMs) return fates;
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}

type IsReturn = (other: DeadLetter, letter: DeadLetter) => boolean;

const isRedrivenMore: IsReturn = (other, letter) => other.redriveCount > letter.redriveCount;

function isLater(letters: readonly DeadLetter[]): IsReturn {
  const moved = new Set(letters.map(({ messageId }) => messageId));
  return (other, letter) => !moved.has(other.messageId) && other.sentAtMs >= letter.sentAtMs;
}

interface Look {
  again: readonly DeadLetter[];
  isReturn: IsReturn;
  isDrained: boolean;
  signal: AbortSignal | undefined;
}

async function readFates(
  target: Target,
  letters: readonly DeadLetter[],
  { again, isReturn, ...look }: Look,
): Promise<[DeadLetter, Fate][]> {
  // One event may be several dead letters, and some of them may never have been redriven.
  const byBody = Map.groupBy(again, ({ body }) => body);
  return await pLimit(16).map(letters, async (letter): Promise<[DeadLetter, Fate]> => {
    const returned = byBody.get(letter.body)?.find((other) => isReturn(other, letter));
    if (returned) return [letter, { state: "rejected", code: codeOf(returned) }];
    return [letter, { state: (await isDone(target, letter, look)) ? "done" : "pending" }];
  });
}

/**
 * The set is of the source as it is now: written since the letter failed, or still so when its queue is drained. Before
 * that, an older set proves nothing: it may be what the message was to bring up to date. A message about no source
 * leaves no other trace than that it is in no queue.
 */
async function isDone(
  target: Target,
  letter: DeadLetter,
  { isDrained, signal }: Omit<Look, "again" | "isReturn">,
): Promise<boolean> {
  const { sourceKey } = letter;
  if (sourceKey === undefined) return isDrained;
  const [source, dated] = await Promise.all([
    headSource(target, sourceKey, signal),
    readDatedManifest(target, sourceKey, signal),
  ]);
  if (source?.etag !== dated?.manifest.source.etag) return false;
  return isDrained || (dated !== undefined && dated.writtenAtMs > failedAtMs(letter));
}
