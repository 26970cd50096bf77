// Compares all sources with what is in the destination bucket, side by side: of a million, a few hundred are held at once. What
// waits in a queue is not told from what was lost: the comparison means something when the queues are empty.
import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { announcedKeys } from "./announced-keys.ts";
import {
  byEnd,
  compareEnds,
  type Folder,
  foldersByEnd,
  isLikeRevision,
  type ListedObject,
} from "./closing-order.ts";
import { type ListOptions, listDeadLetters } from "./dead-letters/dead-letters.ts";
import { bareEtag } from "./etag.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { headSource } from "./source-report.ts";
import type { Target } from "./target.ts";

/** What another look of the worker may mend. */
export const DAMAGES = ["missing", "stale", "torn", "surplus", "orphaned"] as const;

export type Damage =
  /** No set, and nobody says why. */
  | "missing"
  /** The set is of earlier content. */
  | "stale"
  /** The manifest lists renditions that are not there, or are others. */
  | "torn"
  /** Renditions lie there that the manifest does not list. */
  | "surplus"
  /** Something lies where the set of a source would, but there is no such source. */
  | "orphaned";

export interface Finding {
  key: string;
  /** `explained`: no set, but a dead letter says why. */
  state: Damage | "explained";
}

export type Tally = Record<Finding["state"], number> & {
  /** Sources that the settings let through. */
  sources: number;
  current: number;
};

export interface VerifyOptions extends ListOptions {
  prefix?: string | undefined;
  /** Some findings, and how many keys were compared by then; the comparison goes on when it resolves. */
  onFindings?(findings: readonly Finding[], compared: number): void | Promise<void>;
}

const CONCURRENCY = 32;
const AT_ONCE = 16 * CONCURRENCY;

export async function verify(target: Target, options: VerifyOptions = {}): Promise<Tally> {
  const explained = await keysOfDeadLetters(target, options);
  const limit = pLimit(CONCURRENCY);
  const tally: Tally = emptyTally();
  let compared = 0;
  const judge = async (pairs: readonly Pair[]) => {
    const findings = (await limit.map(pairs, (pair) => findingsOf(target, pair, explained))).flat();
    for (const { state } of findings) tally[state] += 1;
    const sources = pairs.filter(({ source }) => source).length;
    tally.sources += sources;
    tally.current += sources - findings.filter(({ state }) => state !== "orphaned").length;
    compared += pairs.length;
    await options.onFindings?.(findings, compared);
  };
  let pairs: Pair[] = [];
  for await (const pair of sideBySide(target, options)) {
    options.signal?.throwIfAborted();
    if (pairs.push(pair) < AT_ONCE) continue;
    await judge(pairs);
    pairs = [];
  }
  await judge(pairs);
  return tally;
}

function emptyTally(): Tally {
  return { sources: 0, current: 0, explained: 0, missing: 0, stale: 0, torn: 0, surplus: 0, orphaned: 0 };
}

/** A source, and what lies in its folder; or only one of them. */
interface Pair {
  source: ListedObject | undefined;
  folder: Folder | undefined;
}

async function* sideBySide(target: Target, options: VerifyOptions): AsyncGenerator<Pair> {
  const { s3, sourceBucket, destinationBucket } = target;
  const { prefix = "", signal } = options;
  const isAnnounced = await announcedKeys(target);
  const folders = foldersByEnd(listed(s3, destinationBucket, prefix, signal));
  const next = async () => (await folders.next()).value as Folder | undefined;
  // The destination first: a source that comes later is missing at worst.
  let folder = await next();
  const foldersBefore = async function* (key?: string): AsyncGenerator<Pair> {
    for (; folder && (key === undefined || compareEnds(folder.path, key) < 0); folder = await next()) {
      // Of a folder above the prefix, a part is seen only; and one like a revision comes again, with the folder it is in.
      const isWhole = folder.path.startsWith(prefix);
      if (isWhole && !isLikeRevision(folder)) yield { source: undefined, folder };
    }
  };
  for await (const source of byEnd(listed(s3, sourceBucket, prefix, signal))) {
    yield* foldersBefore(source.key);
    const own = folder?.path === source.key ? folder : undefined;
    if (own) {
      own.hasSource = true;
      folder = await next();
    }
    if (isAnnounced(source.key)) yield { source, folder: own };
  }
  yield* foldersBefore();
}

async function findingsOf(
  target: Target,
  { source, folder }: Pair,
  explained: ReadonlySet<string>,
): Promise<Finding[]> {
  if (!source) return folder ? await orphansIn(target, folder) : [];
  const { key } = source;
  const state = await compare(target, source, folder);
  if (state === "current") return [];
  const isExplained = (state === "missing" || state === "stale") && explained.has(key);
  return [{ key, state: isExplained ? "explained" : state }];
}

async function compare(
  target: Target,
  { key, etag }: ListedObject,
  folder: Folder | undefined,
): Promise<Damage | "current"> {
  const manifest = folder?.hasManifest ? await readManifest(target, key) : undefined;
  if (!folder || !manifest) return "missing";
  if (manifest.source.etag !== etag) return "stale";
  const published = new Map([folder, ...folder.revisions].flatMap(({ renditions }) => [...renditions]));
  const isThere = ({ key: at, etag: made }: Manifest["renditions"][number]) => published.get(at) === made;
  if (!manifest.renditions.every(isThere)) return "torn";
  return hasSurplus(manifest, folder) ? "surplus" : "current";
}

function hasSurplus({ renditions }: Manifest, folder: Folder): boolean {
  const listed = new Set(renditions.map(({ key }) => key));
  // Without an immutable set, what is named like a revision may be anybody's.
  const isImmutable = folder.revisions.some((each) =>
    [...each.renditions.keys()].some((key) => listed.has(key)),
  );
  const revisions = isImmutable ? folder.revisions.filter(({ hasSource }) => !hasSource) : [];
  return [folder, ...revisions].some((each) => [...each.renditions.keys()].some((key) => !listed.has(key)));
}

/** The keys of the sources that it can be of. A manifest settles whose the revisions in it are; else they are anybody's. */
async function orphansIn(target: Target, folder: Folder): Promise<Finding[]> {
  const { path, hasManifest, renditions, revisions } = folder;
  const loose = hasManifest ? [] : revisions.filter(({ hasSource }) => !hasSource).map((each) => each.path);
  if (!hasManifest && renditions.size === 0 && loose.length === 0) return [];
  const keys = [...loose, path];
  // The listings were read one after the other: what looks orphaned may have been uploaded meanwhile.
  const sources = await Promise.all(keys.map((key) => headSource(target, key)));
  return sources.some(Boolean) ? [] : keys.map((key) => ({ key, state: "orphaned" }));
}

async function* listed(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedObject> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
    signal?.throwIfAborted();
    for (const { Key = "", ETag } of Contents) yield { key: Key, etag: bareEtag(ETag) };
  }
}

export async function keysOfDeadLetters(target: Target, options: ListOptions): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const { sourceKey } of listDeadLetters(target, options)) {
    if (sourceKey !== undefined) keys.add(sourceKey);
  }
  return keys;
}
