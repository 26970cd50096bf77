// How long a message that failed for now stays away.
//
// With the default of 5 receives the four waits are at most 10, 40, 160 and 640 seconds: a lost race is repeated almost
// at once, and an outage of several minutes is outlived. Left alone, SQS would wait for the whole visibility timeout
// (6 minutes by default) every time.

const BASE_SECONDS = 10;
const FACTOR = 4;
/** SQS allows 12 hours from the first receive on; 15 minutes keep even 40 receives within that. */
const LIMIT_SECONDS = 15 * 60;

/**
 * Full jitter, because messages that failed together would otherwise come back together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOffSeconds(receiveCount: number, random: () => number): number {
  const ceiling = Math.min(LIMIT_SECONDS, BASE_SECONDS * FACTOR ** (receiveCount - 1));
  return Math.ceil(random() * ceiling);
}
