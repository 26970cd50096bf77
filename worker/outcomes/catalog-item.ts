// One item of the catalog: all that is known of one source object, replaced as a whole by whatever is newer.
import { createHash } from "node:crypto";
import { type Facts, factsOf } from "./facts.ts";
import type { News } from "./news.ts";

export interface CatalogItem {
  key: string;
  status: News["outcome"];
  /** What the index by status is divided by: see `shardOf`. */
  statusShard: string;
  /** Orders the outcomes of one key: ISO 8601, so that texts compare as times do. */
  seenAt: string;
  [name: string]: unknown;
}

/** Removed sources are remembered so that nobody who is late brings them back; for longer than any message can be late. */
const REMEMBERED_SECONDS = 30 * 24 * 60 * 60;

export function catalogItem(news: News, workerVersion: string, nowMs: number): CatalogItem {
  const { key, outcome } = news;
  const facts: Facts = factsOf(news);
  return {
    key,
    status: outcome,
    statusShard: `${outcome}#${shardOf(key)}`,
    ...facts,
    seenAt: String(facts.seenAt),
    finishedAt: new Date(nowMs).toISOString(),
    workerVersion,
    ...(news.outcome === "rendered" && { renditions: news.manifest.renditions.map(describe) }),
    ...(news.outcome === "removed" && { expiresAt: Math.ceil(nowMs / 1000) + REMEMBERED_SECONDS }),
  };
}

/**
 * One of 16. All outcomes are one of three words, and a partition of DynamoDB takes 1,000 writes a second: an index by the
 * word alone would hold up a burst of rejections, and with it the worker.
 */
function shardOf(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 1);
}

type Rendition = (News & { outcome: "rendered" })["manifest"]["renditions"][number];

function describe({ key, variant, format, width, height, bytes }: Rendition) {
  return { key, variant, format, width, height, bytes };
}
