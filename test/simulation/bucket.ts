// S3 as the worker relies on it: strongly consistent, an etag is the MD5 of the content, a condition is checked and the
// write applied in one step, and every change is announced to whoever watches.
import { createHash } from "node:crypto";
import type { PutOptions, StoredObject } from "../../worker/reconcile/store.ts";
import type { Process } from "./process.ts";

export interface Content extends StoredObject {
  body: Buffer;
}

/** For mutations only: a condition that always holds. No etag looks like this. */
export const ANYTHING = "*anything*";

export interface BucketChange {
  /** None: an owner. */
  actor: Process | undefined;
  operation: "put" | "delete";
  key: string;
}

export class Bucket {
  readonly contents = new Map<string, Content>();
  /** Folder to what lies directly in it: contents, and sub-folders that are not empty. */
  readonly #folders = new Map<string, Map<string, Content | "folder">>();
  readonly #isVersioned: boolean;
  readonly #watch: (change: BucketChange) => void;
  readonly #nowMs: () => number;
  #serial = 0;

  constructor(isVersioned: boolean, nowMs: () => number, watch: (change: BucketChange) => void = () => {}) {
    this.#isVersioned = isVersioned;
    this.#nowMs = nowMs;
    this.#watch = watch;
  }

  /** What an owner does to the bucket: no conditions. */
  set(actor: Process | undefined, key: string, body: Buffer, metadata: Record<string, string> = {}): Content {
    this.#serial += 1;
    const content: Content = {
      body,
      bytes: body.length,
      etag: md5(body),
      metadata,
      // S3 tells no more than the second.
      modified: new Date(Math.floor(this.#nowMs() / 1000) * 1000).toISOString(),
      ...(this.#isVersioned && { versionId: `version-${this.#serial}` }),
    };
    this.contents.set(key, content);
    this.#enter(key, content);
    this.#watch({ actor, operation: "put", key });
    return content;
  }

  remove(actor: Process | undefined, key: string): void {
    if (!this.contents.delete(key)) return;
    this.#leave(key);
    this.#watch({ actor, operation: "delete", key });
  }

  get(key: string, ifNoneMatch: string | undefined): Content | "absent" | "unchanged" {
    const content = this.contents.get(key);
    if (!content) return "absent";
    return content.etag === ifNoneMatch ? "unchanged" : content;
  }

  list(folder: string): Map<string, string> {
    const found = this.#folders.get(folder) ?? [];
    return new Map([...found].map(([key, entry]) => [key, entry === "folder" ? "" : entry.etag]));
  }

  /** Whatever lies in a folder, however deep. */
  below(folder: string): Map<string, string> {
    return new Map(
      [...this.list(folder)].flatMap((entry) => (isFolder(entry[0]) ? [...this.below(entry[0])] : [entry])),
    );
  }

  put(actor: Process | undefined, key: string, body: Uint8Array, { condition, metadata }: PutOptions) {
    const expected = "ifMatch" in condition ? condition.ifMatch : undefined;
    const isMet = expected === ANYTHING || this.contents.get(key)?.etag === expected;
    if (!isMet) return "precondition-failed" as const;
    return { etag: this.set(actor, key, Buffer.from(body), metadata).etag };
  }

  delete(actor: Process | undefined, key: string, ifMatch: string) {
    const content = this.contents.get(key);
    if (content && ifMatch !== ANYTHING && content.etag !== ifMatch) return "precondition-failed" as const;
    this.remove(actor, key);
    return "deleted" as const;
  }

  #enter(key: string, entry: Content | "folder"): void {
    const folder = parentOf(key);
    if (folder === "") return;
    const entries = this.#folders.get(folder);
    if (entries) entries.set(key, entry);
    else this.#folders.set(folder, new Map([[key, entry]]));
    if (!entries) this.#enter(folder, "folder");
  }

  #leave(key: string): void {
    const folder = parentOf(key);
    const entries = this.#folders.get(folder);
    entries?.delete(key);
    if (entries?.size !== 0) return;
    this.#folders.delete(folder);
    this.#leave(folder);
  }
}

/** Of a content or, with its slash, of a folder. */
function parentOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/", key.length - 2) + 1);
}

function isFolder(key: string): boolean {
  return key.endsWith("/");
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
