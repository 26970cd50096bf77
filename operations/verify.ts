// Compares all sources with what is in the destination bucket. What waits in a queue is not told from what was lost: the
// comparison means something when the queues are empty.
import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { announcedKeys } from "./announced-keys.ts";
import { type ListOptions, listDeadLetters } from "./dead-letters.ts";
import { bareEtag } from "./etag.ts";
import { manifestKey, readManifest } from "./manifest.ts";
import type { Target } from "./target.ts";

export interface Verification {
  /** Sources that the settings let through. */
  sources: number;
  current: number;
  /** No set, but a dead letter says why. */
  explained: string[];
  /** No set, and nobody says why. */
  missing: string[];
  /** The set is of earlier content. */
  stale: string[];
  /** The manifest lists renditions that are not there, or are others. */
  torn: string[];
  /** Something lies where the set of a source would, but there is no such source. */
  orphaned: string[];
}

export interface VerifyOptions extends ListOptions {
  prefix?: string | undefined;
  onProgress?(compared: number): void;
}

const CONCURRENCY = 32;

export async function verify(target: Target, options: VerifyOptions = {}): Promise<Verification> {
  const { s3, sourceBucket, destinationBucket } = target;
  const { prefix = "", signal } = options;
  // The destination first: a source that comes later is missing at worst, never orphaned.
  const published = await etagsIn(s3, destinationBucket, prefix, signal);
  const all = await etagsIn(s3, sourceBucket, prefix, signal);
  const isAnnounced = await announcedKeys(target);
  const sources = [...all].filter(([key]) => isAnnounced(key));
  const explained = await keysOfDeadLetters(target, options);
  const verification: Verification = {
    ...{ sources: sources.length, current: 0, explained: [], missing: [], stale: [], torn: [] },
    orphaned: orphans(published, all),
  };
  let compared = 0;
  await pLimit(CONCURRENCY).map(sources, async ([key, etag]) => {
    signal?.throwIfAborted();
    const state = await compare(target, { key, etag, published });
    if (state === "current") verification.current += 1;
    else if (state !== "torn" && explained.has(key)) verification.explained.push(key);
    else verification[state].push(key);
    compared += 1;
    options.onProgress?.(compared);
  });
  return verification;
}

/** What another look of the worker may mend. */
export function repairable({ missing, stale, torn, orphaned }: Verification): string[] {
  return [...missing, ...stale, ...torn, ...orphaned];
}

async function compare(
  target: Target,
  { key, etag, published }: { key: string; etag: string; published: ReadonlyMap<string, string> },
): Promise<"current" | "missing" | "stale" | "torn"> {
  if (!published.has(manifestKey(key))) return "missing";
  const manifest = await readManifest(target, key);
  if (!manifest) return "missing";
  if (manifest.source.etag !== etag) return "stale";
  return manifest.renditions.every((rendition) => published.get(rendition.key) === rendition.etag)
    ? "current"
    : "torn";
}

/** What lies in the folder of no source: the keys of the sources that it can be of. */
function orphans(published: ReadonlyMap<string, string>, sources: ReadonlyMap<string, string>): string[] {
  const folders = new Set([...published.keys()].map(parentOf));
  const unowned = [...folders].map((folder) => ownersOf(folder, published));
  return [...new Set(unowned.filter((owners) => !owners.some((owner) => sources.has(owner))).flat())];
}

/** An immutable set lies in a folder of the source's own. */
const REVISION_NAME = /^[0-9a-f]{16}$/;

/** A manifest settles whose folder it is. Else one that is named like a revision may also be a source's of that name. */
function ownersOf(folder: string, published: ReadonlyMap<string, string>): string[] {
  if (folder === "" || published.has(manifestKey(folder))) return [folder].filter(Boolean);
  const parent = parentOf(folder);
  const isRevision = parent !== "" && REVISION_NAME.test(folder.slice(parent.length + 1));
  if (!isRevision) return [folder];
  return published.has(manifestKey(parent)) ? [parent] : [folder, parent];
}

function parentOf(key: string): string {
  return key.slice(0, Math.max(0, key.lastIndexOf("/")));
}

async function etagsIn(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    signal?.throwIfAborted();
    for (const { Key = "", ETag } of Contents) etags.set(Key, bareEtag(ETag));
  }
  return etags;
}

export async function keysOfDeadLetters(target: Target, options: ListOptions): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const { sourceKey } of listDeadLetters(target, options)) {
    if (sourceKey !== undefined) keys.add(sourceKey);
  }
  return keys;
}
