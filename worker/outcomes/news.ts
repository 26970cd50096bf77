// What became of a source object, as it is told to those who want to know: the catalog and the topic, when there are any.
//
// At least once: before its message is deleted, and again where a worker may have died in between. The manifest stays the
// truth; what is told is a copy, which nothing here ever reads.
import type { Failure } from "../failure.ts";
import type { Manifest } from "../reconcile/manifest.ts";
import type { StoredObject } from "../reconcile/store.ts";

interface Common {
  key: string;
  /** When the look began that this rests on. Of two outcomes, the one that was seen later is the newer. */
  seenMs: number;
}

export type News =
  | (Common & { outcome: "rendered"; source: StoredObject; manifest: Manifest })
  /** Without a source: it could not be looked at. */
  | (Common & { outcome: "rejected"; source?: StoredObject | undefined; failure: Failure })
  | (Common & { outcome: "removed" });

/** "outdated": the catalog knows something newer, so that nothing was told. Rejects with `Untold`. */
export type Tell = (news: News) => Promise<"told" | "outdated">;
