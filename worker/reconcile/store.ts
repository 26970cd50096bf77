// What the worker asks of a bucket. Conditions decide every write: a writer that is late can only lose.
//
// Expected answers are values ("absent", "unchanged", "precondition-failed"); everything else is thrown as a Failure.

export interface StoredObject {
  etag: string;
  bytes: number;
  /** In a bucket with versions. */
  versionId?: string | undefined;
  /** When it was written, to the second: text to compare, not to order by. */
  modified: string;
  metadata: Readonly<Record<string, string>>;
}

/** Found, but not downloaded yet: one of the two must be called, or its connection is never free again. */
export interface OpenObject extends StoredObject {
  /** Rejects with NETWORK when fewer bytes arrive than were announced. */
  read(): Promise<Uint8Array>;
  discard(): void;
}

/** What must stand at the key for a write to happen: the content with this etag, or nothing. */
export type Condition = { ifMatch: string } | { ifNoneMatch: "*" };

export interface PutOptions {
  contentType: string;
  cacheControl: string;
  metadata?: Record<string, string>;
  condition: Condition;
}

export interface ObjectStore {
  get(key: string, options?: { ifNoneMatch?: string }): Promise<OpenObject | "absent" | "unchanged">;
  head(key: string): Promise<StoredObject | "absent">;
  /** Key to etag of what lies directly in a folder ("a/"), and its sub-folders ("a/b/") with an empty one. */
  list(folder: string): Promise<Map<string, string>>;
  put(key: string, body: Uint8Array, options: PutOptions): Promise<{ etag: string } | "precondition-failed">;
  /** Deletes the content with this etag. Nothing there counts as deleted. */
  delete(key: string, options: { ifMatch: string }): Promise<"deleted" | "precondition-failed">;
}

/** The condition under which what is known of a key still holds. */
export function unlessChanged(etag: string | undefined): Condition {
  return etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: etag };
}
