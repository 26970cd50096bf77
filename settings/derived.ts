// Numbers that must agree with the settings are computed here, so that nobody can set them apart.
import type { Settings } from "./schema.ts";

const DAY_SECONDS = 24 * 60 * 60;

/**
 * How long SQS hides a message it handed out. AWS advises six times the function's timeout plus the batch window:
 * Lambda retries a throttled batch for that long before it gives the messages back.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function visibilityTimeoutSeconds({ timeoutSeconds, batchWindowSeconds }: Settings): number {
  return 6 * timeoutSeconds + batchWindowSeconds;
}

/**
 * SQS gives no reason when it moves a message to the dead letters, so the worker does it first, on receive
 * `maxReceiveCount`. These more are for the worker that was killed just then: the next one says what it knows, unopened.
 */
export const SPARE_RECEIVES = 3;

/** SQS's own maximum is 1000. */
export function redriveReceiveCount({ maxReceiveCount }: Pick<Settings, "maxReceiveCount">): number {
  return Math.min(1000, maxReceiveCount + SPARE_RECEIVES);
}

export function workQueueRetentionSeconds({ sourceRetentionDays }: Settings): number {
  return sourceRetentionDays * DAY_SECONDS;
}

/** SQS's maximum. A dead letter keeps its original age, so this must exceed the work queue's retention. */
export const DEAD_LETTER_RETENTION_SECONDS = 14 * DAY_SECONDS;

/** S3 events are up to 64 KB and are lost, not retried, when the queue takes less; 1 MiB is the most SQS takes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** SQS stops delivering at 120,000 messages in flight; a fifth is left for redrives and stragglers. */
export const MAX_IN_FLIGHT = 100_000;

const DEFAULT_MAXIMUM_CONCURRENCY = 50;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html#sqs-provisioned-mode */
export const CONCURRENCY_PER_POLLER = 10;

/** How many invocations the work queue alone may lead to at once. */
export function workConcurrency({ maximumConcurrency, provisionedPollers }: Settings): number {
  if (provisionedPollers) return provisionedPollers.maximum * CONCURRENCY_PER_POLLER;
  return maximumConcurrency ?? DEFAULT_MAXIMUM_CONCURRENCY;
}

/** Of both lanes. Less would make Lambda refuse what its own pollers ask for, and each refusal costs a message a receive. */
export function reservedConcurrency(settings: Settings): number {
  return workConcurrency(settings) + (settings.backfill ? settings.backfillConcurrency : 0);
}

/** Twice what one failed try costs, and never less than a burst may take to work off: 15 minutes. */
export function laggingAlarmSeconds(settings: Settings): number {
  return Math.max(15 * 60, 2 * visibilityTimeoutSeconds(settings));
}

/**
 * SQS counts a dead letter's retention from when the message was first sent, and shows its age from when it was moved: up to
 * the work queue's retention may have passed. A quarter of the time left is for whoever gets the alarm.
 */
export function deadLetterAlarmSeconds(settings: Settings): number {
  return 0.75 * (DEAD_LETTER_RETENTION_SECONDS - workQueueRetentionSeconds(settings));
}
