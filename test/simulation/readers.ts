// Readers who follow a manifest at every moment there is: after each change of the destination bucket, whatever the
// standing manifest of that folder lists must be there.
//
// One kind of gap is known and counted apart, as a race: a removal (or a recipe that drops a format) deletes a rendition
// that another invocation, started before that was over, has just found to be the one it would make, and has listed
// since. S3 has no condition on two objects. Both of them look again until it is whole; how long that took is measured.
import type { Bucket, BucketChange } from "./bucket.ts";
import type { Process } from "./process.ts";

export interface Readings {
  torn: string[];
  races: number;
  longestRaceMs: number;
}

interface Standing {
  listed: Set<string>;
  by: Process | undefined;
  atMs: number;
}

interface Gap {
  sinceMs: number;
  missing: Set<string>;
}

export class Readers {
  readonly readings: Readings = { torn: [], races: 0, longestRaceMs: 0 };
  /** By folder. */
  readonly #standing = new Map<string, Standing>();
  readonly #deleters = new Map<string, Process | undefined>();
  readonly #gaps = new Map<string, Gap>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  watch({ contents }: Bucket, { actor, operation, key }: BucketChange): void {
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    if (key === `${folder}manifest.json`) {
      if (operation === "delete") this.#standing.delete(folder);
      else
        this.#standing.set(folder, {
          listed: listedIn(contents.get(key)?.body),
          by: actor,
          atMs: this.#nowMs(),
        });
    } else if (operation === "delete") this.#deleters.set(key, actor);
    this.#look(folder, contents);
  }

  #look(folder: string, contents: ReadonlyMap<string, unknown>): void {
    const standing = this.#standing.get(folder);
    const missing = [...(standing?.listed ?? [])].filter((key) => !contents.has(key));
    const gap = this.#gaps.get(folder);
    if (gap && missing.length === 0) {
      this.readings.longestRaceMs = Math.max(this.readings.longestRaceMs, this.#nowMs() - gap.sinceMs);
      this.#gaps.delete(folder);
    }
    if (gap || !standing || missing.length === 0) return;
    if (missing.every((key) => this.#isRace(standing, key))) {
      this.readings.races += 1;
      this.#gaps.set(folder, { sinceMs: this.#nowMs(), missing: new Set(missing) });
    } else this.readings.torn.push(folder.slice(0, -1));
  }

  /** Deleted by another invocation than the one that listed it, and listed after the deleter had begun. */
  #isRace({ by, atMs }: Standing, key: string): boolean {
    const deleter = this.#deleters.get(key);
    return deleter !== undefined && deleter !== by && atMs >= deleter.startedMs;
  }
}

function listedIn(manifest: Buffer | undefined): Set<string> {
  if (!manifest) return new Set();
  const { renditions } = JSON.parse(manifest.toString()) as { renditions: { key: string }[] };
  return new Set(renditions.map(({ key }) => key));
}
