// A plain duplicate must not write: when an attempt finds the set whole, of the newest source and of its own recipe, and
// neither the owner nor another invocation comes in between, whatever it writes or deletes is a duplicate write.
import type { BucketChange } from "./bucket.ts";
import { sourceKeyOf, type WorkerVersion } from "./images.ts";
import { judgeSet } from "./judge.ts";
import type { Process } from "./process.ts";
import type { Simulated } from "./simulated.ts";

/** How often each folder was changed, by all and by one process. */
export class ChangeCounter {
  readonly #changes = new Map<string, number>();

  count({ actor, key }: BucketChange): void {
    const folder = sourceKeyOf(key);
    this.#changes.set(folder, this.of(folder) + 1);
    actor?.writes.set(folder, ofProcess(actor, folder) + 1);
  }

  of(folder: string): number {
    return this.#changes.get(folder) ?? 0;
  }
}

function ofProcess({ writes }: Process, folder: string): number {
  return writes.get(folder) ?? 0;
}

/** Runs an attempt, and notes what it should not have written. */
export async function watchDuplicates<Result>(
  simulated: Simulated,
  process: Process,
  version: WorkerVersion,
  key: string,
  attempt: () => Promise<Result>,
): Promise<Result> {
  const { owner, changes, findings } = simulated;
  const count = () => ({
    changes: owner.histories.get(key)?.length,
    all: changes.of(key),
    own: ofProcess(process, key),
  });
  const before = count();
  const isWhole = judgeSet(key, simulated, [version]) === undefined;
  try {
    return await attempt();
  } finally {
    const after = count();
    const own = after.own - before.own;
    const metNobody = after.all - before.all === own && after.changes === before.changes;
    if (isWhole && metNobody && own > 0) findings.duplicateWrites.push(key);
  }
}
