// What every S3 operation works with.
import type { Iam } from "../iam/iam.ts";
import type { Principal } from "../iam/principal.ts";
import type { Blobs } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";

/** An S3 event on its way to a queue. Synchronous, so that object and message commit together. */
interface Delivery {
  queueArn: string;
  body: string;
  principal: Principal;
  context: Record<string, string>;
  /** X-Ray's, of the request that caused it. */
  trace?: string | undefined;
}

export interface S3Context {
  database: Database;
  blobs: Blobs;
  iam: Iam;
  region: string;
  accountId: string;
  /** Called inside a write. Throws when the queue is missing or its policy refuses; returns what to do after the commit. */
  deliver(delivery: Delivery): () => void;
  now(): number;
}
