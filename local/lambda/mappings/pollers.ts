// The pollers of one event source mapping, as many as its ramp allows. Who finds messages brings another, at once or when
// the ramp has come so far; who finds none goes, and the ramp begins again with those that are left.
import { concurrencyAfter, type Ramp, secondsUntil } from "./scaling.ts";

export interface PollersOptions {
  ramp: Ramp;
  /** AWS's time goes so many times as fast. */
  timeScale: number;
  /** One poller: returns when it has left, or when all are stopped. */
  poll(): Promise<void>;
}

export interface Pollers {
  /** What one of them waits for messages with: meanwhile, nobody else needs to. */
  waiting<Found>(wait: Promise<Found>): Promise<Found>;
  found(): void;
  /** It found nothing. True when it leaves: it is counted out at once, for of several at the same moment, some must stay. */
  mayLeave(): boolean;
  /** Brings no more; resolves when all have left. */
  stop(): Promise<void>;
}

export function startPollers({ ramp, timeScale, poll }: PollersOptions): Pollers {
  const polling = new Set<Promise<void>>();
  let count = 0;
  let waitingCount = 0;
  /** The ramp began with so many, when messages were found after none were. */
  let from = ramp.start;
  let sinceMs: number | undefined;
  let next: NodeJS.Timeout | undefined;
  let isStopped = false;

  function add(): void {
    count += 1;
    const poller = poll().finally(() => polling.delete(poller));
    polling.add(poller);
  }

  function grow(): void {
    if (isStopped || waitingCount > 0 || sinceMs === undefined || count >= ramp.cap) return;
    const seconds = (timeScale * (performance.now() - sinceMs)) / 1000;
    if (count < concurrencyAfter(ramp, seconds, from)) add();
    else growLater(secondsUntil(ramp, count + 1, from) - seconds);
  }

  function growLater(seconds: number): void {
    clearTimeout(next);
    next = setTimeout(grow, Math.ceil((1000 * seconds) / timeScale)).unref();
  }

  for (let n = 0; n < Math.min(ramp.resting, ramp.cap); n++) add();
  return {
    waiting(wait) {
      waitingCount += 1;
      return wait.finally(() => {
        waitingCount -= 1;
      });
    },
    found() {
      sinceMs ??= performance.now();
      grow();
    },
    mayLeave() {
      const leaves = count > ramp.resting;
      if (leaves) count -= 1;
      sinceMs = undefined;
      from = count;
      return leaves;
    },
    async stop() {
      isStopped = true;
      clearTimeout(next);
      await Promise.all(polling);
    },
  };
}
