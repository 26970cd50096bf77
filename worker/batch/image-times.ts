// How long an image may take to render, judged by the recent ones: what decides whether another may still be started.
// Waiting for memory is no part of it: who waited long behind a monster is no monster.

/** Enough to remember the odd slow format, few enough to forget one monster soon. */
const REMEMBERED = 20;

/** A cold environment knows nothing yet; a set with AVIF takes about two seconds on one vCPU. */
const FLOOR_MS = 2000;

/** From S3, to S3, and the looks in between. */
const TRANSFER_MS = 1000;

export interface ImageTimes {
  add(renderMs: number): void;
  /** By the longest of the recent ones. */
  neededMs(): number;
}

export function createImageTimes(): ImageTimes {
  const recent: number[] = [];
  return {
    add(renderMs) {
      recent.push(renderMs);
      if (recent.length > REMEMBERED) recent.shift();
    },
    neededMs: () => TRANSFER_MS + Math.max(FLOOR_MS, ...recent),
  };
}
