// Holds back whoever sends, so that so many messages a second are not exceeded.
import { setTimeout as sleep } from "node:timers/promises";

const MAX_BATCH = 10;

export interface Pacer {
  /** How many to send at once at most: a second's worth, or what a request takes. */
  batchSize: number;
  /** Resolves when so many more may be sent, or when the signal is aborted. */
  admit(count: number): Promise<void>;
}

export function createPacer(ratePerSecond = Number.POSITIVE_INFINITY, signal?: AbortSignal): Pacer {
  let nextMs = performance.now();
  return {
    batchSize: Math.max(1, Math.min(MAX_BATCH, Math.floor(ratePerSecond))),
    async admit(count) {
      const waitMs = nextMs - performance.now();
      if (waitMs > 0) await sleep(waitMs, undefined, { ...(signal && { signal }) }).catch(() => {});
      nextMs = Math.max(nextMs, performance.now()) + (count / ratePerSecond) * 1000;
    },
  };
}
