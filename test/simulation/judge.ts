// What is wrong with one set, judged by what an owner knows and a reader can read. Knows nothing of how the worker works.
import type { Bucket } from "./bucket.ts";
import { expectedSet, type WorkerVersion } from "./images.ts";

/**
 * lost:        there is a source and no manifest.
 * stale:       the manifest, or a rendition it lists, shows another content than the newest, or the recipe of a version
 *              that is not `wanted`.
 * torn:        the manifest lists a rendition that is missing, or is another one than it says, or it lists half a set.
 * resurrected: there is no source, and a manifest or a rendition.
 * leftover:    a rendition lies beside a good set that no manifest lists.
 */
export const SET_FAULTS = ["lost", "stale", "torn", "resurrected", "leftover"] as const;
export type SetFault = (typeof SET_FAULTS)[number];

interface Manifest {
  source: { etag: string };
  recipe: string;
  workerVersion: string;
  renditions: { key: string; etag: string }[];
}

export function judgeSet(
  key: string,
  source: { body: Buffer; etag: string } | undefined,
  destination: Bucket,
  wanted: readonly WorkerVersion[],
): SetFault | undefined {
  const folder = destination.list(`${key}/`);
  if (!source) return folder.size > 0 ? "resurrected" : undefined;
  const stored = destination.contents.get(`${key}/manifest.json`);
  if (!stored) return "lost";
  const manifest = JSON.parse(stored.body.toString()) as Manifest;
  if (manifest.source.etag !== source.etag) return "stale";
  const faults = wanted.map((version) => judgeRenditions(key, manifest, source.body, destination, version));
  if (!faults.includes(undefined)) return faults.includes("torn") ? "torn" : "stale";
  return folder.size > manifest.renditions.length + 1 ? "leftover" : undefined;
}

function judgeRenditions(
  key: string,
  { renditions }: Manifest,
  source: Buffer,
  destination: Bucket,
  version: WorkerVersion,
): "torn" | "stale" | undefined {
  for (const { key: name, etag } of renditions) {
    if (destination.contents.get(name)?.etag !== etag) return "torn";
  }
  const expected = expectedSet(source, version);
  const listed = new Map(renditions.map((rendition) => [rendition.key.slice(key.length + 1), rendition.key]));
  const isSame = [...expected].every(([name, content]) => {
    const found = destination.contents.get(listed.get(name) ?? "");
    return found?.body.toString() === content;
  });
  return isSame && listed.size === expected.size ? undefined : "stale";
}
