// Looks at the dead letters again and again, for whoever waits for news of them: each look at the queue hides all of it
// for a moment, so it is looked at only when their number has changed, and the less often the longer a look takes.

import { messageCount, queueDepth } from "../queue-depth.ts";
import type { Target } from "../target.ts";
import { type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letters.ts";

/** Nine tenths of the time, others can see the letters. */
const REST_FACTOR = 9;

export interface DeadLetterReader {
  /** As they were at the last look; there may be newer ones. */
  read(): Promise<readonly DeadLetter[]>;
  readAnew(): Promise<readonly DeadLetter[]>;
}

export function createDeadLetterReader(
  target: Pick<Target, "sqs" | "deadLetterQueueUrl">,
  options: ListOptions,
): DeadLetterReader {
  let known: DeadLetter[] = [];
  let restsUntilMs = 0;
  const readAnew = async () => {
    const startedMs = performance.now();
    const found: DeadLetter[] = [];
    for await (const deadLetter of listDeadLetters(target, options)) found.push(deadLetter);
    known = found;
    restsUntilMs = performance.now() + REST_FACTOR * (performance.now() - startedMs);
    return known;
  };
  const read = async () => {
    if (performance.now() < restsUntilMs) return known;
    const depth = await queueDepth(target.sqs, target.deadLetterQueueUrl, options.signal);
    return messageCount(depth) === known.length ? known : await readAnew();
  };
  return { read, readAnew };
}
