// Two redrives of the same dead letters at once, always, of which one after the other is killed and started again. When
// they are killed is seeded; how far they are by then is up to the machine.
import { messageCount, queueDepth } from "../../operations/queue-depth.ts";
import type { Target } from "../../operations/target.ts";
import { type RunningDarkroom, startDarkroom } from "../support/darkroom.ts";
import type { LetterFacts } from "../support/dead-letters.ts";
import type { Seeded } from "../support/seeded.ts";
import { until } from "../support/until.ts";

export const REASONS = ["TRUNCATED", "CORRUPT", "ACCESS_DENIED", "THROTTLED", "UNKNOWN"];
export const CHOSEN = ["ACCESS_DENIED", "THROTTLED"];
export const OTHERS = REASONS.filter((reason) => !CHOSEN.includes(reason));

export function lettersOf(reasons: readonly string[], perReason: number): LetterFacts[] {
  return reasons.flatMap((reason) =>
    Array.from({ length: perReason }, (_, index) => ({ key: `${reason}/${index}.png`, reason })),
  );
}

export interface Fire {
  target: Pick<Target, "sqs" | "deadLetterQueueUrl">;
  /** `dlq redrive …` */
  words: readonly string[];
  environment: Record<string, string>;
  /** How many letters are to go. */
  total: number;
  kills: number;
  random: Seeded;
  /** Between a kill and the next start. */
  afterKill?(): void;
}

export interface Toll {
  /** Processes that a signal ended. */
  killed: number;
  /** Of these, while there were letters left to send. */
  inTheMiddle: number;
  /** Processes that were done before their time. */
  ended: number;
}

export async function redriveUnderFire(fire: Fire): Promise<Toll> {
  const { target, words, environment, total, kills, random, afterKill = () => {} } = fire;
  const start = () => startDarkroom(words, { environment });
  const left = async () => messageCount(await queueDepth(target.sqs, target.deadLetterQueueUrl));
  const others = (await left()) - total;
  const meanStep = (0.5 * total) / kills;
  const running: [RunningDarkroom, RunningDarkroom] = [start(), start()];
  const toll: Toll = { killed: 0, inTheMiddle: 0, ended: 0 };
  while (toll.killed < kills) {
    const enough = Math.max(others, (await left()) - random.below(Math.ceil(2 * meanStep)));
    const hasEnded = () => running.some(({ process: { exitCode } }) => exitCode !== null);
    await until("a redrive goes on", async () => hasEnded() || (await left()) <= enough, 180_000);
    const index = random.below(2) as 0 | 1;
    running[index].process.kill("SIGKILL");
    const { code } = await running[index].ended;
    if (code === null) toll.killed += 1;
    else toll.ended += 1;
    if (code === null && (await left()) > others) toll.inTheMiddle += 1;
    afterKill();
    running[index] = start();
  }
  for (const { process } of running) process.kill("SIGKILL");
  await Promise.all(running.map(({ ended }) => ended));
  return toll;
}
