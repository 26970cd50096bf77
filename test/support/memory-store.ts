// A bucket in memory, with S3's rules where the worker relies on them: an etag is the MD5 of the content, conditions are
// checked and applied in one step, PUT with If-Match on nothing fails, listing a folder leaves out its sub-folders.
import { createHash } from "node:crypto";
import type { ObjectStore, PutOptions } from "../../worker/reconcile/store.ts";

export interface Content {
  body: Buffer;
  etag: string;
  metadata: Record<string, string>;
  /** Another at every write: no two in the same second. */
  modified: string;
  options?: PutOptions;
}

export class MemoryStore implements ObjectStore {
  readonly contents = new Map<string, Content>();
  /** How many writes went through, by anybody. */
  writes = 0;
  #seconds = 0;

  /** What an owner does to the bucket: no conditions. */
  set(key: string, body: string | Uint8Array, metadata: Record<string, string> = {}): void {
    const bytes = Buffer.from(body);
    this.contents.set(key, { body: bytes, etag: md5(bytes), metadata, modified: this.#tick() });
  }

  remove(key: string): void {
    this.contents.delete(key);
  }

  keys(): string[] {
    return [...this.contents.keys()].toSorted();
  }

  text(key: string): string {
    const content = this.contents.get(key);
    if (!content) throw new Error(`Expected an object at ${key}, but received nothing.`);
    return content.body.toString();
  }

  async get(key: string, { ifNoneMatch }: { ifNoneMatch?: string } = {}) {
    const content = this.contents.get(key);
    if (!content) return "absent" as const;
    if (content.etag === ifNoneMatch) return "unchanged" as const;
    const { body, etag, metadata, modified } = content;
    return {
      etag,
      bytes: body.length,
      metadata,
      modified,
      read: async () => new Uint8Array(body),
      discard: () => {},
    };
  }

  async head(key: string) {
    const content = this.contents.get(key);
    if (!content) return "absent" as const;
    const { body, etag, metadata, modified } = content;
    return { etag, bytes: body.length, metadata, modified };
  }

  async list(folder: string) {
    const found = new Map<string, string>();
    for (const [key, { etag }] of this.contents) {
      if (!key.startsWith(folder)) continue;
      const end = key.indexOf("/", folder.length);
      if (end < 0) found.set(key, etag);
      else found.set(key.slice(0, end + 1), "");
    }
    return found;
  }

  async put(key: string, body: Uint8Array, options: PutOptions) {
    const { condition, metadata = {} } = options;
    const expected = "ifMatch" in condition ? condition.ifMatch : undefined;
    if (this.contents.get(key)?.etag !== expected) return "precondition-failed" as const;
    const bytes = Buffer.from(body);
    this.contents.set(key, { body: bytes, etag: md5(bytes), metadata, modified: this.#tick(), options });
    this.writes += 1;
    return { etag: md5(bytes) };
  }

  async delete(key: string, { ifMatch }: { ifMatch: string }) {
    const content = this.contents.get(key);
    if (content && content.etag !== ifMatch) return "precondition-failed" as const;
    if (this.contents.delete(key)) this.writes += 1;
    return "deleted" as const;
  }

  #tick(): string {
    this.#seconds += 1;
    return new Date(this.#seconds * 1000).toISOString();
  }
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
