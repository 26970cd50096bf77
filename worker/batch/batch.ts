// A batch of messages: reconcile each source object they are about, once, in the order of plan.ts; settle each message as
// soon as its images are done, and delete it if that went well.
//
// Lambda deletes it too, when the batch is over. But then only: whatever ends the environment before would bring back what
// is long done.
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import pLimit from "p-limit";
import { Failure, toFailure } from "../failure.ts";
import type { Outcome } from "../reconcile/outcome.ts";
import type { Job } from "../reconcile/reconcile.ts";
import type { ImageTimes } from "./image-times.ts";
import { type Message, readMessage } from "./message.ts";
import { type PlannedJob, phasesOf, reservedMs } from "./plan.ts";
import { type Attempt, type Settlement, settle, unansweredFaults } from "./settle.ts";

export interface BatchDependencies extends Settlement {
  /** `reservedMs`: what must be left of the time, for others, when it is done. */
  reconcile(job: Job, reservedMs: number): Promise<Outcome>;
  sourceBucket: string;
  /** Images in hand at once. */
  concurrency: number;
  imageTimes: Pick<ImageTimes, "neededMs">;
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
  const failed = await workOff(messages, batch);
  const elapsedMs = batch.nowMs() - startedMs;
  batch.log({ event: "batch", messages: messages.length, failed: failed.size, elapsedMs });
  return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** Returns the ids of the messages that are not done. */
async function workOff(messages: readonly Message[], batch: BatchDependencies): Promise<Set<string>> {
  const unanswered = new Map(messages.map((message) => [message, unansweredFaults(message, batch)]));
  const phases = phasesOf(
    messages.filter((message) => !unanswered.get(message)),
    batch.maxReceiveCount,
  );
  const start = starter(phases.flatMap(({ jobs }) => jobs).filter(({ isLast }) => isLast).length, batch);
  const attempts = new Map<string, Promise<Attempt>>();
  const failed = new Set<string>();
  let open = messages.length;

  async function finish(message: Message): Promise<void> {
    const own = unanswered.get(message) ?? (await Promise.all(message.keys.map((key) => attempts.get(key))));
    const isDone = await settle(message, own.filter(isKnown), batch);
    open -= 1;
    if (!isDone) failed.add(message.id);
    else if (open > 0) await deleteAtOnce(message, batch);
  }

  await Promise.all(messages.filter((message) => unanswered.get(message)).map(finish));
  for (const { jobs, messages: due } of phases) {
    for (const job of jobs) attempts.set(job.key, start(job));
    await Promise.all(due.map(finish));
  }
  return failed;
}

function isKnown(attempt: Attempt | undefined): attempt is Attempt {
  return attempt !== undefined;
}

async function deleteAtOnce(message: Message, { queue }: BatchDependencies): Promise<void> {
  try {
    await queue.delete(message);
  } catch {
    // Lambda will do it.
  }
}

/** Runs jobs, a few at a time, as long as there is time. */
function starter(lastOnes: number, batch: BatchDependencies): (job: PlannedJob) => Promise<Attempt> {
  const limit = pLimit(batch.concurrency);
  const expiry = expiryOf(batch.signal);
  const totalMs = batch.remainingMs();
  let waiting = lastOnes;

  async function attemptInTime(job: PlannedJob): Promise<Attempt> {
    // Never more than half of what there was at first: after an image that took nearly all of an invocation, no other
    // would ever start.
    const neededMs = Math.min(batch.imageTimes.neededMs(), totalMs / 2);
    if (job.isLast) waiting -= 1;
    const reserved = job.isLast ? 0 : reservedMs(waiting, neededMs, batch.concurrency, totalMs);
    // Who is on its last receive has no later: it is tried as long as there is any time.
    const isTime = job.isLast || batch.remainingMs() >= neededMs + reserved;
    if (batch.signal.aborted || !isTime) return notStarted(job.key, batch.nowMs());
    return attempt(job, reserved, expiry, batch);
  }
  return (job) => limit(attemptInTime, job);
}

function notStarted(key: string, startedMs: number): Attempt {
  const failure = new Failure("OUT_OF_TIME", "Not started: the batch left no time for it.");
  return { key, failure, isStarted: false, startedMs, elapsedMs: 0 };
}

async function attempt(
  { key, careful, message }: PlannedJob,
  reserved: number,
  expiry: Promise<never>,
  batch: BatchDependencies,
): Promise<Attempt> {
  const { id: messageId, receiveCount } = message;
  const startedMs = batch.nowMs();
  const elapsed = () => batch.nowMs() - startedMs;
  try {
    const outcome = await Promise.race([batch.reconcile({ key, careful }, reserved), expiry]);
    const elapsedMs = elapsed();
    batch.log({ ...outcome, key, elapsedMs, receiveCount, messageId });
    return { key, failure: undefined, isStarted: true, startedMs, elapsedMs };
  } catch (error) {
    return { key, failure: toFailure(error), isStarted: true, startedMs, elapsedMs: elapsed() };
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
