// How the pipeline is doing: what waits, what is in hand, what failed and why.
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Group, groupByReason } from "./dead-letters/dead-letter-filter.ts";
import { type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letters/dead-letters.ts";
import { type Lane, lanesOf, type MappingFacts, readMapping } from "./engine.ts";
import type { Ages } from "./oldest-age.ts";
import { messageCount, type QueueDepth, queueDepth } from "./queue-depth.ts";
import type { Target } from "./target.ts";

export interface Status {
  atMs: number;
  work: LaneStatus;
  /** Absent when the stack has one lane only. */
  backfill: LaneStatus | undefined;
  deadLetters: DeadLetterStatus;
  /** Absent when Lambda does not tell what the lanes may do. */
  working?: Working;
  /** Absent likewise. */
  paused?: Lane[];
}

export interface LaneStatus extends QueueDepth {
  /** Absent when there is none, or nobody tells. */
  oldestSeconds?: number;
}

/** Of both lanes. */
interface Working {
  /** Invocations that what is in flight takes, if each had a full batch; SQS counts messages, not invocations. */
  atLeast: number;
  /** As the mappings allow. */
  limit: number;
}

interface DeadLetterStatus extends QueueDepth {
  groups: Group[];
  /** Fewer than there are, when there are very many. */
  grouped: number;
}

/** Enough to know what is going on; all of a hundred thousand would take minutes to receive. */
const MAX_GROUPED = 1000;

export interface StatusOptions extends ListOptions {
  mappings?: readonly MappingFacts[] | undefined;
  ages?: Ages;
}

export async function readStatus(target: Target, options: StatusOptions = {}): Promise<Status> {
  const { sqs, workQueueUrl, backfillQueueUrl, deadLetterQueueUrl } = target;
  const { signal, mappings, ages = {} } = options;
  const [work, backfill, dead] = await Promise.all([
    queueDepth(sqs, workQueueUrl, signal),
    backfillQueueUrl === undefined ? undefined : queueDepth(sqs, backfillQueueUrl, signal),
    queueDepth(sqs, deadLetterQueueUrl, signal),
  ]);
  const letters = messageCount(dead) === 0 ? [] : await firstDeadLetters(target, options);
  const groups = groupByReason(letters, await retentionSeconds(target));
  return {
    atMs: Date.now(),
    work: withAge(work, ages.work),
    backfill: backfill && withAge(backfill, ages.backfill),
    deadLetters: { ...dead, groups, grouped: letters.length },
    ...(mappings && { working: workingIn({ work, backfill }, mappings), paused: pausedIn(mappings) }),
  };
}

/** Of a queue that has just been emptied, CloudWatch still tells how old its oldest message was. */
function withAge(depth: QueueDepth, oldestSeconds: number | undefined): LaneStatus {
  const isKnown = oldestSeconds !== undefined && messageCount(depth) > 0;
  return isKnown ? { ...depth, oldestSeconds } : depth;
}

/** Lanes of which nothing is worked on. */
export function pausedIn(mappings: readonly MappingFacts[]): Lane[] {
  return mappings.filter(({ state }) => /^Disabl(ed|ing)$/.test(state)).map(({ lane }) => lane);
}

/** For `readStatus`. Nothing when Lambda does not tell. */
export async function readMappings(
  { engine }: Target,
  signal?: AbortSignal,
): Promise<MappingFacts[] | undefined> {
  if (!engine) return undefined;
  try {
    return await Promise.all(lanesOf(engine).map((lane) => readMapping(engine, lane, signal)));
  } catch {
    // Whoever looks may be allowed to look at queues only.
    signal?.throwIfAborted();
    return undefined;
  }
}

function workingIn(depths: Pick<Status, "work" | "backfill">, mappings: readonly MappingFacts[]): Working {
  const invocations = mappings.map(({ lane, batchSize }) =>
    Math.ceil((depths[lane]?.inFlight ?? 0) / batchSize),
  );
  return {
    atLeast: invocations.reduce((sum, each) => sum + each, 0),
    limit: mappings.reduce((sum, { concurrency }) => sum + concurrency, 0),
  };
}

async function firstDeadLetters(target: Target, options: ListOptions): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of listDeadLetters(target, options)) {
    if (letters.push(letter) >= MAX_GROUPED) break;
  }
  return letters;
}

/** Of the dead-letter queue. */
export async function retentionSeconds({
  sqs,
  deadLetterQueueUrl,
}: Pick<Target, "sqs" | "deadLetterQueueUrl">): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: deadLetterQueueUrl,
      AttributeNames: ["MessageRetentionPeriod"],
    }),
  );
  return Number(Attributes?.MessageRetentionPeriod ?? 0);
}

/** Messages to do, in both lanes. */
export function waitingIn({ work, backfill }: Status): number {
  return messageCount(work) + (backfill ? messageCount(backfill) : 0);
}
