// Waits until the pipeline has come to rest, and says what became of the sources it was asked about.
//
//   looking ──every source has an outcome, and the queue is empty twice in a row──► at rest
//      └────the queue is empty and nothing happens for `settleMs`──► at rest, with some still pending
//
// The second way out is for sources nobody was told about, like keys outside source.prefix and source.suffixes.
import { setTimeout as sleep } from "node:timers/promises";
import { createDeadLetterReader } from "./dead-letter-reader.ts";
import type { ListOptions } from "./dead-letters.ts";
import { type Outcome, readOutcomes, type Source } from "./outcome.ts";
import { laneDepth, messageCount, type QueueDepth } from "./queue-depth.ts";
import type { Target } from "./target.ts";

export interface Progress {
  depth: QueueDepth;
  outcomes: ReadonlyMap<string, Outcome>;
}

export interface FollowOptions extends ListOptions {
  onProgress?(progress: Progress): void;
  pollMs?: number;
  /** AWS's counts lag by up to a minute; less is only safe where they do not. */
  settleMs?: number;
}

/** How many sources are asked about in one look: enough for a bar that moves, too few to slow the pipeline down. */
const MAX_ASKED = 50;

export async function followUntilDrained(
  target: Target,
  sources: readonly Source[],
  { onProgress, pollMs = 500, settleMs = 60_000, ...listOptions }: FollowOptions = {},
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>(sources.map(({ key }) => [key, { state: "pending" }]));
  const { signal } = listOptions;
  const deadLetters = createDeadLetterReader(target, listOptions);
  const patience = Math.max(2, Math.ceil(settleMs / pollMs));
  let emptyLooks = 0;
  while (true) {
    const depth = await laneDepth(target, signal);
    emptyLooks = messageCount(depth) === 0 ? emptyLooks + 1 : 0;
    const pending = sources.filter(({ key }) => outcomes.get(key)?.state === "pending");
    const asked = emptyLooks > 0 ? pending : pending.slice(0, MAX_ASKED);
    const news = await readOutcomes(target, asked, await deadLetters.read(), signal);
    for (const [key, outcome] of news) outcomes.set(key, outcome);
    onProgress?.({ depth, outcomes });
    const isSettled = sources.every(({ key }) => outcomes.get(key)?.state !== "pending");
    if (emptyLooks >= (isSettled ? 2 : patience)) break;
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
  return await readOutcomes(target, sources, await deadLetters.readAnew(), signal);
}
