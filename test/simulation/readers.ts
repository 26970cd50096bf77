// Readers who follow a manifest at every moment there is: after each change of the destination bucket, whatever the
// standing manifest of that folder lists must be there, and the newest image must not give way to an older one.
//
// One kind of gap is known and counted apart, as a race: a removal (or a recipe that drops a format) deletes what it saw,
// and meanwhile another invocation has found the same bytes to be just what it would make, and has listed them. S3 has no
// condition on two objects. Both of them look again until it is whole; how long that took is measured. Where renditions are
// immutable, only the keys of a source that was removed and came back as it was can be the same again.
import type { Bucket, BucketChange } from "./bucket.ts";
import { isImmutable, sourceKeyOf } from "./images.ts";
import type { Change } from "./owner.ts";
import type { Process } from "./process.ts";

export interface Readings {
  torn: string[];
  races: number;
  longestRaceMs: number;
  /** A rendition or the manifest of the newest image overwritten with that of an older one; or its manifest deleted. */
  outdone: string[];
  /** An immutable key that stood for two contents: whoever cached the first never learns of the second. */
  rewritten: string[];
}

interface Listing {
  sourceEtag: string;
  listed: Set<string>;
  by: Process | undefined;
  atMs: number;
}

interface Rendition {
  sourceEtag: string | undefined;
  /** Etag to when it first stood there. */
  firstMs: Map<string, number>;
  deletedBy: Process | undefined;
  deletedEtag: string;
  etag: string;
}

interface Options {
  nowMs(): number;
  source(key: string): { etag: string } | undefined;
  history(key: string): readonly Change[];
}

export class Readers {
  readonly readings: Readings = { torn: [], races: 0, longestRaceMs: 0, outdone: [], rewritten: [] };
  /** By folder. */
  readonly #listings = new Map<string, Listing>();
  readonly #gapsSinceMs = new Map<string, number>();
  /** By key. */
  readonly #renditions = new Map<string, Rendition>();
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  watch({ contents }: Bucket, change: BucketChange): void {
    const folder = `${sourceKeyOf(change.key)}/`;
    if (change.key === `${folder}manifest.json`) this.#noteManifest(folder, contents, change);
    else this.#noteRendition(folder, contents, change);
    this.#look(folder, contents);
  }

  #noteManifest(folder: string, contents: Bucket["contents"], { actor, operation, key }: BucketChange): void {
    const shownEtag = this.#listings.get(folder)?.sourceEtag;
    const listing = operation === "put" ? readListing(contents.get(key)!.body) : undefined;
    if (this.#isOutdone(folder.slice(0, -1), shownEtag, listing?.sourceEtag)) {
      this.readings.outdone.push(folder.slice(0, -1));
    }
    if (listing) this.#listings.set(folder, { ...listing, by: actor, atMs: this.#options.nowMs() });
    else this.#listings.delete(folder);
  }

  #noteRendition(
    folder: string,
    contents: Bucket["contents"],
    { actor, operation, key }: BucketChange,
  ): void {
    const before = this.#renditions.get(key);
    const rendition = before ?? {
      sourceEtag: undefined,
      firstMs: new Map<string, number>(),
      deletedBy: undefined,
      deletedEtag: "",
      etag: "",
    };
    this.#renditions.set(key, rendition);
    if (operation === "delete") {
      rendition.deletedBy = actor;
      rendition.deletedEtag = rendition.etag;
      rendition.sourceEtag = undefined;
      return;
    }
    const { etag, metadata } = contents.get(key)!;
    const sourceEtag = metadata["darkroom-source-etag"];
    if (this.#isOutdone(folder.slice(0, -1), rendition.sourceEtag, sourceEtag)) {
      this.readings.outdone.push(folder.slice(0, -1));
    }
    rendition.etag = etag;
    rendition.sourceEtag = sourceEtag;
    if (isImmutable(key) && rendition.firstMs.size > 0 && !rendition.firstMs.has(etag)) {
      this.readings.rewritten.push(folder.slice(0, -1));
    }
    if (!rendition.firstMs.has(etag)) rendition.firstMs.set(etag, this.#options.nowMs());
  }

  /** Only where the newest bytes are new: of a source that was reverted, S3 cannot tell older from newer either. */
  #isOutdone(key: string, before: string | undefined, after: string | undefined): boolean {
    const newest = this.#options.source(key)?.etag;
    if (newest === undefined || before !== newest || after === newest) return false;
    const history = this.#options.history(key);
    const content = history.at(-1)?.content;
    return content !== undefined && !history.slice(0, -1).some((change) => change.content?.equals(content));
  }

  #look(folder: string, contents: ReadonlyMap<string, unknown>): void {
    const listing = this.#listings.get(folder);
    const missing = [...(listing?.listed ?? [])].filter((key) => !contents.has(key));
    const sinceMs = this.#gapsSinceMs.get(folder);
    if (sinceMs !== undefined && missing.length === 0) {
      this.readings.longestRaceMs = Math.max(this.readings.longestRaceMs, this.#options.nowMs() - sinceMs);
      this.#gapsSinceMs.delete(folder);
    }
    if (sinceMs !== undefined || !listing || missing.length === 0) return;
    if (missing.every((key) => this.#isRace(folder, listing, key))) {
      this.readings.races += 1;
      this.#gapsSinceMs.set(folder, this.#options.nowMs());
    } else this.readings.torn.push(folder.slice(0, -1));
  }

  /** Deleted by another than who listed it, who had seen these bytes there, and listed after that. */
  #isRace(folder: string, { by, atMs }: Listing, key: string): boolean {
    const rendition = this.#renditions.get(key);
    const deleter = rendition?.deletedBy;
    if (!rendition || !deleter || deleter === by) return false;
    if (isImmutable(key) && !this.#wasRemoved(folder)) return false;
    const sawManifestMs = deleter.sightsMs.get(folder) ?? 0;
    const sawMs = deleter.sightsMs.get(key.slice(0, key.lastIndexOf("/") + 1)) ?? 0;
    const firstMs = rendition.firstMs.get(rendition.deletedEtag) ?? Number.POSITIVE_INFINITY;
    return firstMs <= sawMs && atMs >= sawManifestMs;
  }

  #wasRemoved(folder: string): boolean {
    return this.#options.history(folder.slice(0, -1)).some(({ content }) => content === undefined);
  }
}

function readListing(manifest: Buffer): Pick<Listing, "sourceEtag" | "listed"> {
  const { source, renditions } = JSON.parse(manifest.toString()) as {
    source: { etag: string };
    renditions: { key: string }[];
  };
  return { sourceEtag: source.etag, listed: new Set(renditions.map(({ key }) => key)) };
}
