// Step 1: read the state of the world. Never writes.
//
// A first delivery trusts the manifest. A careful look (redelivered, redriven, sent by an operator, or after being
// overtaken) does not: it lists the folder and compares etags, because a worker that died or woke up late may have
// replaced a rendition behind the manifest's back. A source reverted to earlier bytes has its earlier etag again, so
// no condition on an etag can rule that out.
import { variantsFor } from "../../settings/recipe.ts";
import { recipeHash, variantHash } from "../../settings/recipe-hash.ts";
import type { Variant } from "../../settings/variant.ts";
import type { FocalPoint } from "../render/geometry.ts";
import { readWhole } from "./download.ts";
import { focalPointOf, isCropping, isSamePoint } from "./focal-point.ts";
import { inParallel } from "./in-parallel.ts";
import { folderOf, isInPlace, isRenditionIn, isRevisionFolder, manifestKey, parentOf } from "./keys.ts";
import { type Manifest, parseManifest, type Rendition } from "./manifest.ts";
import type { OpenObject } from "./store.ts";
import type { World } from "./world.ts";

/** What stands in the destination bucket for one source. */
export interface Standing {
  manifest: Manifest | undefined;
  manifestEtag: string | undefined;
  /** Rendition key to etag: as listed after a careful look, else as the manifest says. */
  renditionEtags: ReadonlyMap<string, string>;
}

/** The source is there, and something is to be made of it: `due`. What is not due is kept as it stands. */
export interface Due {
  state: "due";
  standing: Standing;
  source: OpenObject;
  focalPoint: FocalPoint | undefined;
  keep: Rendition[];
  due: Variant[];
}

/** "blurred": somebody wrote the manifest while the rest was looked at, so that the two do not belong together. */
export type Sight =
  | { state: "unchanged"; manifest: Manifest }
  | { state: "blurred" }
  | { state: "gone"; standing: Standing }
  | Due;

export async function look(key: string, careful: boolean, world: World): Promise<Sight> {
  const standing = await readStanding(key, careful, world);
  if (standing === "blurred") return { state: "blurred" };
  const { manifest } = standing;
  const variants = variantsFor(world.recipe, key);
  const due = variants.filter((variant) => !isComplete(key, variant, standing, world));
  const isMade = due.length === 0 && manifest?.recipe === recipeHash(variants) && listsAll(standing);
  const current = isMade && (await isCroppedAsAsked(key, manifest, world)) ? manifest : undefined;

  const source = await world.source.get(key, current ? { ifNoneMatch: current.source.etag } : {});

  if (source === "unchanged") {
    if (current === undefined) throw new Error("Expected an object, but received 304 without having asked.");
    return { state: "unchanged", manifest: current };
  }
  // What is to be deleted must have been seen before the source was seen missing: look once more, in that order.
  if (source === "absent") return careful ? { state: "gone", standing } : look(key, true, world);
  const focalPoint = focalPointOf(key, source, world.recipe);
  const found = { state: "due", standing, source, focalPoint } as const;
  const isAnother =
    source.etag !== manifest?.source.etag || !isSamePoint(focalPoint, manifest.source.focalPoint);
  return isAnother
    ? { ...found, keep: [], due: variants }
    : { ...found, keep: keepOf(manifest, variants, due), due };
}

/** The same bytes may have been uploaded with another focal point; a 304 would not tell, for it has no metadata. */
async function isCroppedAsAsked(key: string, { source }: Manifest, world: World): Promise<boolean> {
  if (!isCropping(key, world.recipe)) return true;
  const now = await world.source.head(key);
  return now !== "absent" && isSamePoint(focalPointOf(key, now, world.recipe), source.focalPoint);
}

async function readStanding(key: string, careful: boolean, world: World): Promise<Standing | "blurred"> {
  const object = await world.destination.get(manifestKey(key));
  const found = typeof object === "object" ? object : undefined;
  const manifest = found && parseManifest(Buffer.from(await readWhole(found)).toString());
  if (!careful) return { manifest, manifestEtag: found?.etag, renditionEtags: etagsIn(manifest) };
  const listed = await world.destination.list(folderOf(key));
  if (listed.get(manifestKey(key)) !== found?.etag) return "blurred";
  return {
    manifest,
    manifestEtag: found?.etag,
    renditionEtags: await renditionsOf(key, manifest, listed, world),
  };
}

/** What is listed and what lies in revisions; also what no manifest lists: renditions whose worker died before it wrote one. */
async function renditionsOf(
  key: string,
  manifest: Manifest | undefined,
  listed: Map<string, string>,
  world: World,
): Promise<Map<string, string>> {
  const folder = folderOf(key);
  const revisions = new Set(manifest?.renditions.map((rendition) => parentOf(rendition.key)));
  revisions.delete(folder);
  if (world.recipe.immutable) {
    for (const name of listed.keys()) if (isRevisionFolder(key, name)) revisions.add(name);
  }
  const inRevisions = await inParallel([...revisions], (revision) => listRevision(revision, world));
  return new Map([...renditionsIn(folder, listed), ...inRevisions.flat()]);
}

/** A folder with a manifest is that of another source, whatever its name looks like. */
async function listRevision(folder: string, { destination }: World): Promise<[string, string][]> {
  const listed = await destination.list(folder);
  return listed.has(`${folder}manifest.json`) ? [] : renditionsIn(folder, listed);
}

function renditionsIn(folder: string, listed: Map<string, string>): [string, string][] {
  return [...listed].filter(([name]) => isRenditionIn(folder, name));
}

function etagsIn(manifest: Manifest | undefined): Map<string, string> {
  return new Map(manifest?.renditions.map(({ key, etag }) => [key, etag]));
}

/** Whether every format of the variant stands in its place, made by today's recipe. */
function isComplete(
  sourceKey: string,
  variant: Variant,
  { manifest, renditionEtags }: Standing,
  { recipe }: World,
): boolean {
  const hash = variantHash(variant);
  return variant.formats.every((format) => {
    const found = manifest?.renditions.find(
      (each) => each.variant === variant.name && each.format === format,
    );
    if (found?.recipe !== hash || !isInPlace(sourceKey, found.key, recipe)) return false;
    return renditionEtags.get(found.key) === found.etag;
  });
}

/** A worker that died, or one of another recipe, may have left a rendition that nobody would ever look for again. */
function listsAll({ manifest, renditionEtags }: Standing): boolean {
  return renditionEtags.size <= (manifest?.renditions.length ?? 0);
}

function keepOf(manifest: Manifest, variants: readonly Variant[], due: readonly Variant[]): Rendition[] {
  const kept = variants.filter((variant) => !due.includes(variant)).map(({ name }) => name);
  return manifest.renditions.filter(({ variant }) => kept.includes(variant));
}
