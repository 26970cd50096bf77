// What is wrong with one set, judged by what an owner knows and a reader can read. Knows nothing of how the worker works.
import type { Bucket } from "./bucket.ts";
import { expectedSet, placeOf, type WorkerVersion } from "./images.ts";
import type { Simulated } from "./simulated.ts";

/**
 * lost:        there is a source and no manifest.
 * stale:       the manifest, or a rendition it lists, shows another content than the newest, or the whole set is made by
 *              a version that is not wanted (any more).
 * torn:        the manifest lists a rendition that is missing.
 * mixed:       all it lists is there and of the newest source, but it is half of one recipe and half of another; or a
 *              rendition lies where no version puts it.
 * resurrected: there is no source, and a manifest or a rendition.
 * leftover:    a rendition lies beside a good set that no manifest lists.
 */
export type SetFault = "lost" | "stale" | "torn" | "mixed" | "resurrected" | "leftover";

interface Manifest {
  source: { etag: string };
  renditions: { key: string; etag: string }[];
}

export function judgeSet(
  key: string,
  { source: { contents }, destination, versions }: Pick<Simulated, "source" | "destination" | "versions">,
  wanted: readonly WorkerVersion[],
): SetFault | undefined {
  const source = contents.get(key);
  const folder = destination.below(`${key}/`);
  if (!source) return folder.size > 0 ? "resurrected" : undefined;
  const stored = destination.contents.get(`${key}/manifest.json`);
  if (!stored) return "lost";
  const { renditions, source: shown } = JSON.parse(stored.body.toString()) as Manifest;
  if (shown.etag !== source.etag) return "stale";
  if (!renditions.every(({ key: name }) => folder.has(name))) return "torn";
  const isListedAsIs = renditions.every(({ key: name, etag }) => folder.get(name) === etag);
  const found = new Map(renditions.map(({ key: name }) => [placeOf(name), textAt(name, destination)]));
  if (isListedAsIs && wanted.some((version) => isSame(found, expectedSet(source.body, version)))) {
    return folder.size > renditions.length + 1 ? "leftover" : undefined;
  }
  const sets = versions.map((version) => expectedSet(source.body, version));
  if (isListedAsIs && sets.some((expected) => isSame(found, expected))) return "stale";
  const isOfNewest = [...found].every(([name, text]) => sets.some((expected) => expected.get(name) === text));
  return isOfNewest ? "mixed" : "stale";
}

function textAt(key: string, { contents }: Bucket): string | undefined {
  return contents.get(key)?.body.toString();
}

function isSame(found: ReadonlyMap<string, unknown>, expected: ReadonlyMap<string, unknown>): boolean {
  return found.size === expected.size && [...expected].every(([name, text]) => found.get(name) === text);
}
