// Measuring on a machine that others use: every round runs all contestants one after another, so that whatever slows one
// slows them all, and what is compared are the ratios within a round.

export interface Cost {
  wallMs: number;
  /** Of all threads. */
  cpuMs: number;
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1000 };
}

/** One uncounted round first: caches, compiled code, memory that has been touched. */
export async function interleave(
  contestants: readonly (() => Promise<unknown>)[],
  rounds: number,
): Promise<Cost[][]> {
  const costs: Cost[][] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const ofRound: Cost[] = [];
    for (const work of contestants) ofRound.push(await costOf(work));
    if (round > 0) costs.push(ofRound);
  }
  return costs;
}

export interface Spread {
  median: number;
  least: number;
  most: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { median: middle, least: sorted[0] ?? Number.NaN, most: sorted.at(-1) ?? Number.NaN };
}
