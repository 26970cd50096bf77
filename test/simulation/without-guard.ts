// Plays histories without one guard until the judge finds what the guard is there to prevent.
import { type Loss, lossesOf } from "./columns.ts";
import { simulateEdited } from "./edited.ts";
import { HARSH } from "./faults.ts";
import type { Guard } from "./guards.ts";
import { NONE } from "./mutations.ts";
import { simulate } from "./simulate.ts";

/** None: nothing of what it keeps at 0 was found in all of the seeds. */
export async function playWithout(
  { without, keeps, listened = false }: Guard,
  uploads: number,
  seeds: readonly number[],
): Promise<Loss | undefined> {
  const isEdit = "file" in without;
  const play = isEdit ? await simulateEdited(without) : simulate;
  const mutation = isEdit ? NONE : { ...NONE, ...without };
  for (const seed of seeds) {
    const history = await play({ seed, uploads, faults: HARSH, mutation, listened });
    const found = lossesOf(history).find(({ column }) => keeps.includes(column));
    if (found) return found;
  }
  return undefined;
}
