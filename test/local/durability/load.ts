// One kind of use that is made of the cloud while it is killed, with a ledger of its own.
import { createHash } from "node:crypto";
import type { Random } from "../../simulation/random.ts";
import type { Clients } from "./killable-cloud.ts";

export interface Load {
  /** Buckets and queues; once, before the first kill. */
  prepare(clients: Clients): Promise<void>;
  /** One request or a few, chosen at random. "lost" when the server was killed meanwhile. */
  step(clients: Clients): Promise<"done" | "lost">;
  /** What is not as acknowledged. Nothing is under way then. `last`: the clock is an hour ahead, and nothing follows. */
  check(clients: Clients, last: boolean): Promise<string[]>;
  /** For the report: how often what was acknowledged. */
  counts: Record<string, number>;
}

export interface Content {
  body: Buffer;
  fingerprint: string;
}

const MAX_SMALL_BYTES = 4096;
const MAX_LARGE_BYTES = 400_000;

/** Mostly small, sometimes larger than a socket's or a stream's buffer; never the same twice. */
export function someContent(random: Random): Content {
  const bytes = random.between(0, random.chance(0.2) ? MAX_LARGE_BYTES : MAX_SMALL_BYTES);
  const unit = Buffer.from(`${random.next()} ${random.next()};`);
  const body = Buffer.concat([unit, Buffer.alloc(bytes, unit)]);
  return { body, fingerprint: fingerprintOf(body) };
}

/** As the etag of a single upload is. */
export function fingerprintOf(body: Uint8Array): string {
  return createHash("md5").update(body).digest("hex");
}
