// How the pipeline is doing: what waits, what is in hand, what failed and why.
//
// The age of the oldest message is not here: SQS tells it to CloudWatch only, and receiving to find out would count as
// an attempt against the message.
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Group, groupByReason } from "./dead-letter-filter.ts";
import { type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letters.ts";
import { messageCount, type QueueDepth, queueDepth } from "./queue-depth.ts";
import type { Target } from "./target.ts";

export interface Status {
  atMs: number;
  work: QueueDepth;
  /** Absent when the stack has one lane only. */
  backfill: QueueDepth | undefined;
  deadLetters: DeadLetterStatus;
}

interface DeadLetterStatus extends QueueDepth {
  groups: Group[];
  /** Fewer than there are, when there are very many. */
  grouped: number;
}

/** Enough to know what is going on; all of a hundred thousand would take minutes to receive. */
const MAX_GROUPED = 1000;

export async function readStatus(target: Target, options: ListOptions = {}): Promise<Status> {
  const { sqs, workQueueUrl, backfillQueueUrl, deadLetterQueueUrl } = target;
  const { signal } = options;
  const [work, backfill, dead] = await Promise.all([
    queueDepth(sqs, workQueueUrl, signal),
    backfillQueueUrl === undefined ? undefined : queueDepth(sqs, backfillQueueUrl, signal),
    queueDepth(sqs, deadLetterQueueUrl, signal),
  ]);
  const letters = messageCount(dead) === 0 ? [] : await firstDeadLetters(target, options);
  const groups = groupByReason(letters, await retentionSeconds(target));
  return { atMs: Date.now(), work, backfill, deadLetters: { ...dead, groups, grouped: letters.length } };
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

export interface Pace {
  /** Messages a second by which the queues shrink; what arrives meanwhile is taken off. */
  perSecond: number;
  /** Until they are empty; nothing when they do not shrink. */
  remainingSeconds: number | undefined;
}

export function paceBetween(earlier: Status, later: Status): Pace {
  const seconds = (later.atMs - earlier.atMs) / 1000;
  const left = waitingIn(later);
  const perSecond = seconds > 0 ? (waitingIn(earlier) - left) / seconds : 0;
  return { perSecond, remainingSeconds: perSecond > 0 ? left / perSecond : undefined };
}

export function waitingIn({ work, backfill }: Status): number {
  return messageCount(work) + (backfill ? messageCount(backfill) : 0);
}
