// In which order a batch is worked on, so that a crash of the whole environment drags as few messages as possible through
// another round:
//
//   1. fresh      received for the first time: in all likelihood ordinary
//   2. suspects   received before: one of them may be what ended its last environment
//   3. last       on their last receive: the most suspect of all, for which time is kept
//
// Each phase begins when the one before is settled and deleted, so that a suspect has no neighbours left to harm. Who is on
// its last receive could go first just as well to be sure of its try, but would then do so at the expense of all others.

import type { Job } from "../reconcile/reconcile.ts";
import type { Message } from "./message.ts";

export interface PlannedJob extends Job {
  /** Of the messages about it, the one received most often. */
  message: Message;
  isLast: boolean;
}

export interface Phase {
  /** One per source key, however many messages are about it. */
  jobs: PlannedJob[];
  /** Which can be settled in this phase: all their jobs are in it, or in an earlier one. */
  messages: Message[];
}

const [FRESH, SUSPECT, LAST] = [0, 1, 2];

export function phasesOf(messages: readonly Message[], maxReceiveCount: number): Phase[] {
  const rankOf = ({ receiveCount }: Message) => {
    if (receiveCount >= maxReceiveCount) return LAST;
    return receiveCount > 1 ? SUSPECT : FRESH;
  };
  const jobs = jobsOf(messages, maxReceiveCount);
  const lastRankOf = (message: Message) =>
    Math.max(rankOf(message), ...message.keys.map((key) => rankOf(jobs.get(key)?.message ?? message)));
  return [FRESH, SUSPECT, LAST].map((rank) => ({
    jobs: [...jobs.values()].filter(({ message }) => rankOf(message) === rank),
    messages: messages.filter((message) => lastRankOf(message) === rank),
  }));
}

function jobsOf(messages: readonly Message[], maxReceiveCount: number): Map<string, PlannedJob> {
  const careful = new Set(messages.filter((message) => message.careful).flatMap(({ keys }) => keys));
  const jobs = new Map<string, PlannedJob>();
  // The oftener received, the more suspect: the later.
  for (const message of messages.toSorted((a, b) => a.receiveCount - b.receiveCount)) {
    const isLast = message.receiveCount >= maxReceiveCount;
    for (const key of message.keys) {
      const known = jobs.get(key)?.message.receiveCount ?? 0;
      if (message.receiveCount > known) jobs.set(key, { key, careful: careful.has(key), message, isLast });
    }
  }
  return jobs;
}

/** Time that nobody but those on their last receive may use, as long as so many of them have not started. */
export function reservedMs(waiting: number, neededMs: number, concurrency: number, totalMs: number): number {
  return Math.min(Math.ceil(waiting / concurrency) * neededMs, totalMs / 2);
}
