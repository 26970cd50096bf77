// Physical names: the logical name and a short hash of the urn. Pulumi's own suffix is random; this one is the same at every
// start, so that the buckets and queues on disk are found again.
import { createHash } from "node:crypto";

const HASH_LENGTH = 7;

export function physicalName({ name, urn }: { name: string; urn: string }, maxLength: number): string {
  const suffix = `-${hashOf(urn).slice(0, HASH_LENGTH)}`;
  return name.slice(0, maxLength - suffix.length) + suffix;
}

/** The form of an AWS id that is a UUID. */
export function physicalUuid({ urn }: { urn: string }): string {
  return hashOf(urn).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

function hashOf(urn: string): string {
  return createHash("sha256").update(urn).digest("hex");
}
