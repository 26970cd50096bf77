// Step 4: write the renditions, then the manifest, each only if what stands there is what was seen.
//
// A lost condition means another hand is at work. As long as the source is still the one rendered, ours is the newest
// and is written over theirs; else "overtaken": whoever is newer must not be disturbed, look again.
import { createHash } from "node:crypto";
import { variantsFor } from "../../settings/recipe.ts";
import { variantHash } from "../../settings/recipe-hash.ts";
import type { Variant } from "../../settings/variant.ts";
import type { RenderedImage } from "../render/encode.ts";
import { inParallel } from "./in-parallel.ts";
import { folderOf, manifestKey, renditionKey, revisionFolder } from "./keys.ts";
import type { Standing } from "./look.ts";
import { type Manifest, manifestJson, type Rendition } from "./manifest.ts";
import { type StoredObject, unlessChanged } from "./store.ts";
import { isOvertaken, type Origin } from "./verify.ts";
import type { World } from "./world.ts";

/**
 * Keys are stable while their content changes with the source, so a copy may be shown for five minutes at most before
 * it is compared by etag, which costs a 304 without a body.
 */
const CACHE_CONTROL = "public, max-age=300, must-revalidate";

/** As long as caches take anything for: whatever changes, these keys never stand for anything else. */
const IMMUTABLE_CACHE_CONTROL = "public, max-age=31536000, immutable";

/** Each round lost means that another worker wrote the same key within milliseconds. */
const MAX_ROUNDS = 3;

export interface Published {
  renditions: Rendition[];
  /** Whether another hand was met on the way: then the set must be looked at again before it is called done. */
  contended: boolean;
}

interface Publication {
  image: RenderedImage;
  folder: string;
  recipe: string;
  origin: Origin;
  standing: Standing;
}

export async function publish(
  images: readonly RenderedImage[],
  due: readonly Variant[],
  origin: Origin,
  standing: Standing,
  world: World,
): Promise<Published | "overtaken"> {
  const recipes = new Map(due.map((variant) => [variant.name, variantHash(variant)]));
  const folder = folderFor(origin, standing, world);
  const results = await inParallel(images, (image) =>
    publishRendition({ image, folder, recipe: recipes.get(image.variant) ?? "", origin, standing }, world),
  );
  const published = results.filter((result) => result !== "overtaken");
  if (published.length < results.length) return "overtaken";
  return {
    renditions: published.map(({ rendition }) => rendition),
    contended: published.some(({ contended }) => contended),
  };
}

function folderFor({ key, etag, focalPoint }: Origin, standing: Standing, { recipe }: World): string {
  if (!recipe.immutable) return folderOf(key);
  const content = focalPoint ? `${etag} ${focalPoint.x},${focalPoint.y}` : etag;
  return revisionFolder(key, content, variantsFor(recipe, key), nextGeneration(standing));
}

/** Of the manifest that replaces the one that stands. */
export function nextGeneration({ manifest }: Standing): number {
  return (manifest?.generation ?? 0) + 1;
}

async function publishRendition(publication: Publication, world: World) {
  const { image, origin, standing } = publication;
  const rendition = describe(publication);
  const metadata = { "darkroom-source-etag": origin.etag, "darkroom-sha256": rendition.sha256 };
  let etag = standing.renditionEtags.get(rendition.key);
  if (etag !== undefined && etag === etagOfSameBytes(rendition, origin, standing)) {
    return { rendition: { ...rendition, etag }, contended: false };
  }
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const written = await world.destination.put(rendition.key, image.body, {
      contentType: image.contentType,
      cacheControl: world.recipe.immutable ? IMMUTABLE_CACHE_CONTROL : CACHE_CONTROL,
      metadata,
      condition: unlessChanged(etag),
    });
    if (written !== "precondition-failed") {
      return { rendition: { ...rendition, etag: written.etag }, contended: round > 1 };
    }
    // In this order: were the source looked at first, somebody newer could publish in between and be overwritten.
    const theirs = await world.destination.head(rendition.key);
    if (await isOvertaken(origin, world)) return "overtaken";
    etag = theirs === "absent" ? undefined : theirs.etag;
    if (etag && hasMetadata(theirs, metadata)) return { rendition: { ...rendition, etag }, contended: true };
  }
  return "overtaken";
}

/** A second delivery of the same news, handled elsewhere at the same time, makes the very same bytes. */
function hasMetadata(found: StoredObject | "absent", metadata: Record<string, string>): boolean {
  if (found === "absent") return false;
  return Object.entries(metadata).every(([name, value]) => found.metadata[name] === value);
}

function describe({ image, folder, recipe }: Publication): Omit<Rendition, "etag"> {
  const { variant, format, width, height, body } = image;
  const sha256 = createHash("sha256").update(body).digest("hex");
  const key = renditionKey(folder, variant, format);
  return { key, variant, format, width, height, bytes: body.length, sha256, recipe };
}

function etagOfSameBytes(rendition: Omit<Rendition, "etag">, origin: Origin, { manifest }: Standing) {
  if (manifest?.source.etag !== origin.etag) return undefined;
  const listed = manifest.renditions.find(({ key }) => key === rendition.key);
  return listed?.sha256 === rendition.sha256 ? listed.etag : undefined;
}

/** Never retried over another's manifest: its renditions may have replaced some of ours, and only a look can tell. */
export async function commit(
  manifest: Manifest,
  standing: Standing,
  world: World,
): Promise<"committed" | "overtaken"> {
  const written = await world.destination.put(
    manifestKey(manifest.source.key),
    Buffer.from(manifestJson(manifest)),
    {
      contentType: "application/json",
      cacheControl: CACHE_CONTROL,
      condition: unlessChanged(standing.manifestEtag),
    },
  );
  return written === "precondition-failed" ? "overtaken" : "committed";
}

/** Deletes what was seen there and the new manifest does not list. Returns how many there were. */
export async function prune(manifest: Manifest, standing: Standing, world: World): Promise<number> {
  const wanted = new Set(manifest.renditions.map(({ key }) => key));
  const unwanted = [...standing.renditionEtags].filter(([key]) => !wanted.has(key));
  await inParallel(unwanted, ([key, ifMatch]) => world.destination.delete(key, { ifMatch }));
  return unwanted.length;
}
