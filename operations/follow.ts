// Waits until the pipeline has come to rest, and says what became of the sources it was asked about.
//
//   looking ──every source has an outcome, and the queue is empty twice in a row──► at rest
//      └────the queue is empty and nothing happens for `settleMs`──► at rest, with some still pending
//
// The second way out is for sources nobody was told about, like keys outside source.prefix and source.suffixes.
import { setTimeout as sleep } from "node:timers/promises";
import { createDeadLetterReader } from "./dead-letters/dead-letter-reader.ts";
import type { DeadLetter, ListOptions } from "./dead-letters/dead-letters.ts";
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

/**
 * Sources are done in about the order in which they came: so many are asked about at once, and the next only when all of
 * them are settled. Asking about fifty with every look is up to 250 requests a second, on the processors that do the work.
 */
const ASKED_AT_ONCE = 4;

/** The more wait, the farther is the end: looks are rarer then, for they take from the same processors too. */
const MESSAGES_PER_REST = 4;
const MOST_RESTS = 10;

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
    const known = await deadLetters.read();
    const step = emptyLooks > 0 ? Math.max(1, pending.length) : ASKED_AT_ONCE;
    for await (const [key, outcome] of askInTurn(target, pending, { step, known, signal }))
      outcomes.set(key, outcome);
    onProgress?.({ depth, outcomes });
    const isSettled = sources.every(({ key }) => outcomes.get(key)?.state !== "pending");
    if (emptyLooks >= (isSettled ? 2 : patience)) break;
    const rests = Math.ceil(messageCount(depth) / MESSAGES_PER_REST);
    const restMs = pollMs * Math.min(Math.max(rests, 1), MOST_RESTS);
    await sleep(restMs, undefined, { ...(signal && { signal }) });
  }
  return await readOutcomes(target, sources, await deadLetters.readAnew(), signal);
}

interface Asking {
  step: number;
  known: readonly DeadLetter[];
  signal: AbortSignal | undefined;
}

async function* askInTurn(
  target: Target,
  sources: readonly Source[],
  { step, known, signal }: Asking,
): AsyncGenerator<[string, Outcome]> {
  for (let at = 0; at < sources.length; at += step) {
    const news = await readOutcomes(target, sources.slice(at, at + step), known, signal);
    yield* news;
    if ([...news.values()].some(({ state }) => state === "pending")) return;
  }
}
