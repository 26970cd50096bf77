// A batch of messages: reconcile each source object they are about, once, then settle each message.
//
// Never throws and always answers: an error, or an answer without `batchItemFailures`, would make Lambda repeat the whole
// batch in the first case and delete it unseen in the second.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import pLimit from "p-limit";
import { Failure, toFailure } from "./failure.ts";
import type { ImageTimes } from "./image-times.ts";
import { type Message, readMessage } from "./message.ts";
import type { Outcome } from "./outcome.ts";
import type { Job } from "./reconcile.ts";
import { type Attempt, isLastReceive, type Settlement, settle, unansweredFault } from "./settle.ts";

export interface BatchDependencies extends Settlement {
  reconcile(job: Job): Promise<Outcome>;
  sourceBucket: string;
  /** Images in hand at once. */
  concurrency: number;
  imageTimes: ImageTimes;
  /** Until `signal` is aborted. */
  remainingMs(): number;
  /** Aborted, with a Failure as its reason, when only the time to settle is left. */
  signal: AbortSignal;
}

export async function processBatch(
  records: readonly SQSRecord[],
  batch: BatchDependencies,
): Promise<SQSBatchResponse> {
  const startedMs = batch.nowMs();
  const messages = records.map((record) => readMessage(record, batch.sourceBucket));
  const unanswered = new Map(messages.map((message) => [message, unansweredFault(message, batch)]));
  const attempts = attemptAll(
    messages.filter((message) => !unanswered.get(message)),
    batch,
  );
  const failed = new Set<string>();
  await Promise.all(
    messages.map(async (message) => {
      const fault = unanswered.get(message);
      const own = fault ? [fault] : await Promise.all(message.keys.map((key) => attempts.get(key)));
      const isAcknowledged = await settle(message, own.filter(isKnown), batch);
      if (!isAcknowledged) failed.add(message.id);
    }),
  );
  const elapsedMs = batch.nowMs() - startedMs;
  batch.log({ event: "batch", messages: messages.length, failed: failed.size, elapsedMs });
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

function isKnown(attempt: Attempt | undefined): attempt is Attempt {
  return attempt !== undefined;
}

/** One per source key, however many messages are about it. */
function attemptAll(messages: readonly Message[], batch: BatchDependencies): Map<string, Promise<Attempt>> {
  const limit = pLimit(batch.concurrency);
  const expiry = expiryOf(batch.signal);
  const startedWithMs = batch.remainingMs();
  const careful = new Set(messages.filter((message) => message.careful).flatMap(({ keys }) => keys));
  const attemptInTime = async (key: string, message: Message): Promise<Attempt> => {
    if (!mayStart(message, startedWithMs, batch)) return notStarted(key);
    return attempt({ key, careful: careful.has(key) }, message, expiry, batch);
  };
  return new Map(
    [...messagesByKey(messages)].map(([key, message]) => [key, limit(attemptInTime, key, message)]),
  );
}

/** Who is nearest to its last receive goes first, so that it is not the one for which no time is left. */
function messagesByKey(messages: readonly Message[]): Map<string, Message> {
  const byKey = new Map<string, Message>();
  for (const message of messages.toSorted((a, b) => b.receiveCount - a.receiveCount)) {
    for (const key of message.keys) if (!byKey.has(key)) byKey.set(key, message);
  }
  return byKey;
}

/**
 * Whether the time left is what one image needs, but never more than half of what there was at first: after an image
 * that took nearly all of an invocation, no other would ever start. A message on its last receive is tried anyway: it
 * has no later.
 */
function mayStart(message: Message, startedWithMs: number, batch: BatchDependencies): boolean {
  if (batch.signal.aborted) return false;
  const neededMs = Math.min(batch.imageTimes.neededMs(), startedWithMs / 2);
  return batch.remainingMs() >= neededMs || isLastReceive(message, batch);
}

function notStarted(key: string): Attempt {
  const failure = new Failure("OUT_OF_TIME", "Not started: the batch left no time for it.");
  return { key, failure, isStarted: false, elapsedMs: 0 };
}

async function attempt(
  job: Job,
  { id: messageId, receiveCount }: Message,
  expiry: Promise<never>,
  batch: BatchDependencies,
): Promise<Attempt> {
  const startedMs = batch.nowMs();
  const elapsed = () => batch.nowMs() - startedMs;
  try {
    const outcome = await Promise.race([batch.reconcile(job), expiry]);
    const elapsedMs = elapsed();
    batch.log({ ...outcome, key: job.key, elapsedMs, receiveCount, messageId });
    return { key: job.key, failure: undefined, isStarted: true, elapsedMs };
  } catch (error) {
    return { key: job.key, failure: toFailure(error), isStarted: true, elapsedMs: elapsed() };
  }
}

function expiryOf(signal: AbortSignal): Promise<never> {
  const expiry = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  expiry.catch(() => {}); // nobody may be waiting for it when it comes
  return expiry;
}
