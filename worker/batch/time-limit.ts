// How long one image may take, from the time that an invocation has.

/** A hanging image must leave most of the invocation to the others of its batch. */
const SHARE = 1 / 3;

/** Short invocations would otherwise take a slow image for one that hangs. */
const FLOOR_MS = 5000;

export interface TimeLimit {
  milliseconds: number;
  /** Whether that is as much as any image gets: who needs more is to blame itself. Else it only started late. */
  isWhole: boolean;
}

export function timeLimit(invocationMs: number, leftMs: number): TimeLimit {
  const wholeMs = Math.min(invocationMs, Math.max(FLOOR_MS, invocationMs * SHARE));
  return leftMs >= wholeMs
    ? { milliseconds: wholeMs, isWhole: true }
    : { milliseconds: leftMs, isWhole: false };
}
