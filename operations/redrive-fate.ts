// What became of redriven dead letters: done, rejected again, or not known yet.
import { setTimeout as sleep } from "node:timers/promises";
import pLimit from "p-limit";
import { codeOf, type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letters.ts";
import { readManifest } from "./manifest.ts";
import { laneDepth, messageCount, type QueueDepth } from "./queue-depth.ts";
import { headSource } from "./source-report.ts";
import type { Target } from "./target.ts";

export type Fate = { state: "done" } | { state: "rejected"; code: string } | { state: "pending" };

export interface FateOptions extends ListOptions {
  pollMs?: number;
  /** The queues must be empty for so long before what is still pending is given up on. */
  settleMs?: number;
  /** Whatever happens, not longer than this. */
  limitMs?: number;
  onProgress?(fates: ReadonlyMap<DeadLetter, Fate>, depth: QueueDepth): void;
}

/** How many are asked about in one look while the queues are busy. */
const MAX_ASKED = 200;

/** By dead letter. Those whose queue stays busy for longer than the limit are pending. */
export async function followRedriven(
  target: Target,
  letters: readonly DeadLetter[],
  { pollMs = 500, settleMs = 60_000, limitMs = 600_000, onProgress, ...listing }: FateOptions = {},
): Promise<Map<DeadLetter, Fate>> {
  const fates = new Map<DeadLetter, Fate>(letters.map((letter) => [letter, { state: "pending" }]));
  const { signal } = listing;
  const patience = Math.max(2, Math.ceil(settleMs / pollMs));
  const endMs = performance.now() + limitMs;
  let emptyLooks = 0;
  while (true) {
    const depth = await laneDepth(target, signal);
    emptyLooks = messageCount(depth) === 0 ? emptyLooks + 1 : 0;
    const pending = letters.filter((letter) => fates.get(letter)?.state === "pending");
    const asked = emptyLooks > 0 ? pending : pending.slice(0, MAX_ASKED);
    for (const [letter, fate] of await readFates(target, asked, emptyLooks > 1, listing))
      fates.set(letter, fate);
    onProgress?.(fates, depth);
    const isSettled = letters.every((letter) => fates.get(letter)?.state !== "pending");
    if (isSettled || emptyLooks >= patience || performance.now() > endMs) return fates;
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}

async function readFates(
  target: Target,
  letters: readonly DeadLetter[],
  isDrained: boolean,
  listing: ListOptions,
): Promise<[DeadLetter, Fate][]> {
  if (letters.length === 0) return [];
  const again = new Map<string, DeadLetter>();
  for await (const letter of listDeadLetters(target, listing)) again.set(letter.body, letter);
  return await pLimit(16).map(letters, async (letter): Promise<[DeadLetter, Fate]> => {
    const other = again.get(letter.body);
    if (other && other.redriveCount > letter.redriveCount) {
      return [letter, { state: "rejected", code: codeOf(other) }];
    }
    const isDone = await agrees(target, letter.sourceKey, isDrained, listing.signal);
    return [letter, { state: isDone ? "done" : "pending" }];
  });
}

/** A message about no source leaves no trace when it succeeds but that it is in no queue any more. */
async function agrees(
  target: Target,
  key: string | undefined,
  isDrained: boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (key === undefined) return isDrained;
  const [source, manifest] = await Promise.all([
    headSource(target, key, signal),
    readManifest(target, key, signal),
  ]);
  return source?.etag === manifest?.source.etag;
}
