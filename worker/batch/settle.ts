// What becomes of a message once the images it is about are done with.
//
//   all well          → acknowledged: not reported, and deleted
//   failed for good   → copied to the dead-letter queue with its reason, told if it was not, then acknowledged
//   failed for now    → reported, and visible again after a back-off; on its last receive like "for good"
//   not started       → reported, and visible again at once; on its last receive likewise, saying so
//
// Nothing is acknowledged without a copy: when the dead-letter queue does not take it, the message is reported.

import { Failure, toFailure } from "../failure.ts";
import type { Log } from "../log.ts";
import type { Tell } from "../outcomes/news.ts";
import { Untold } from "../outcomes/untold.ts";
import { backOffSeconds } from "./back-off.ts";
import { deadLetterAttributes } from "./dead-letter.ts";
import type { Message } from "./message.ts";
import type { MessageQueue } from "./queue.ts";

/** How one source object went. */
export interface Attempt {
  /** None for what could not be read from the message. */
  key: string | undefined;
  failure: Failure | undefined;
  isStarted: boolean;
  startedMs: number;
  elapsedMs: number;
}

export interface Settlement {
  queue: MessageQueue;
  /** Absent where nobody wants to hear of outcomes. Has its own, short time: that of the invocation may be over. */
  tellGivenUp?: Tell | undefined;
  maxReceiveCount: number;
  workerVersion: string;
  nowMs(): number;
  random(): number;
  log: Log;
}

interface Fault extends Attempt {
  failure: Failure;
}

/** Whether the message may be deleted. Never throws. */
export async function settle(
  message: Message,
  attempts: readonly Attempt[],
  settlement: Settlement,
): Promise<boolean> {
  const { id: messageId, receiveCount, ignored } = message;
  if (ignored) settlement.log({ event: "ignored", code: ignored, messageId, receiveCount });
  const fault = worstFault(message, attempts);
  if (fault === undefined) return true;
  const isFinal = fault.failure.disposition === "reject" || isLastReceive(message, settlement);
  if (isFinal && (await reject(message, fault, settlement))) {
    await tellGivenUp(attempts, settlement);
    return true;
  }
  await retry(message, fault, settlement);
  return false;
}

function isLastReceive(message: Message, { maxReceiveCount }: { maxReceiveCount: number }): boolean {
  return message.receiveCount >= maxReceiveCount;
}

/**
 * Its last receive is over, and whoever had it could not answer. It may be what killed them, so nobody tries again; SQS
 * keeps some receives in reserve for this (settings/derived.ts), because its own dead letters have no reason.
 */
export function unansweredFaults(
  message: Message,
  { maxReceiveCount, nowMs }: Pick<Settlement, "maxReceiveCount" | "nowMs">,
): Attempt[] | undefined {
  if (message.receiveCount <= maxReceiveCount) return undefined;
  const failure = new Failure(
    "WORKER_DIED",
    `Received ${maxReceiveCount} times, and no worker lived to answer.`,
  );
  const keys = message.keys.length > 0 ? message.keys : [undefined];
  return keys.map((key) => ({ key, failure, isStarted: true, startedMs: nowMs(), elapsedMs: 0 }));
}

/** A message is only as good as the worst of its images; but one that may still succeed outweighs one that cannot. */
function worstFault(message: Message, attempts: readonly Attempt[]): Fault | undefined {
  const { failure } = message;
  const unreadable = { key: undefined, failure, isStarted: true, startedMs: 0, elapsedMs: 0 };
  return [...attempts, unreadable].filter(isFault).toSorted((a, b) => gravity(b) - gravity(a))[0];
}

function isFault(attempt: Attempt): attempt is Fault {
  return attempt.failure !== undefined;
}

function gravity({ failure, isStarted }: Fault): number {
  if (failure.disposition === "reject") return 1;
  return isStarted ? 3 : 2;
}

async function reject(
  message: Message,
  fault: Fault,
  { queue, workerVersion, nowMs, log }: Settlement,
): Promise<boolean> {
  const letter = { ...fault, message, workerVersion, failedAtMs: nowMs() };
  try {
    await queue.sendToDeadLetters(message.body, deadLetterAttributes(letter));
  } catch (error) {
    log({ event: "retried", ...lineOf(message, { ...fault, failure: toFailure(error) }) });
    return false;
  }
  log({ event: "rejected", ...lineOf(message, fault) });
  return true;
}

/**
 * Of images that might have succeeded later, nobody has said yet that there is no later. Whatever comes of it: the dead letter
 * is there, and says so too. Nothing of an image whose outcome is another, and could not be told.
 */
async function tellGivenUp(attempts: readonly Attempt[], { tellGivenUp: tell }: Settlement): Promise<void> {
  const givenUp = attempts
    .filter(isFault)
    .filter(({ failure }) => failure.disposition === "retry" && !(failure instanceof Untold));
  await Promise.allSettled(
    givenUp.map(async ({ key, failure, startedMs: seenMs }) => {
      if (key !== undefined) await tell?.({ outcome: "rejected", key, failure, seenMs });
    }),
  );
}

async function retry(message: Message, fault: Fault, { queue, random, log }: Settlement): Promise<void> {
  log({ event: "retried", ...lineOf(message, fault) });
  try {
    await queue.delayNextReceive(message, fault.isStarted ? backOffSeconds(message.receiveCount, random) : 0);
  } catch {
    // It comes back after the queue's visibility timeout instead: later, not lost.
  }
}

function lineOf({ id, receiveCount }: Message, { key, failure, elapsedMs }: Fault) {
  const { code, message, cause } = failure;
  const stack = code === "UNKNOWN" && cause instanceof Error ? { stack: cause.stack } : {};
  return { messageId: id, receiveCount, key, code, message, elapsedMs, ...stack };
}
