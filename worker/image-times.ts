// How long an image may take, judged by the recent ones: what decides whether another may still be started.

/** Enough to remember the odd slow format, few enough to forget one monster soon. */
const REMEMBERED = 20;

/** A cold environment knows nothing yet; a set with AVIF takes about two seconds on one vCPU. */
const FLOOR_MS = 3000;

export interface ImageTimes {
  add(elapsedMs: number): void;
  /** The longest of the recent ones. */
  neededMs(): number;
}

export function createImageTimes(): ImageTimes {
  const recent: number[] = [];
  return {
    add(elapsedMs) {
      recent.push(elapsedMs);
      if (recent.length > REMEMBERED) recent.shift();
    },
    neededMs: () => Math.max(FLOOR_MS, ...recent),
  };
}
