// Where the renditions of a source object lie: `photos/cat.jpg` → `photos/cat.jpg/<variant>.<format>` and a manifest.
// Predictable without a look-up, and injective: `cat.jpg` and `cat.png` never collide.
//
// Immutable ones lie a folder deeper, `photos/cat.jpg/<revision>/<variant>.<format>`: what another source or another recipe
// makes gets other keys, so what has been cached is never wrong. No revision of a standing set comes back, not even when its
// source does: whoever is late to delete the old one could not tell them apart. Only a set that was removed may return.
import { createHash } from "node:crypto";
import type { Recipe } from "../../settings/recipe.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import type { Variant } from "../../settings/variant.ts";

/** S3's own limit, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

/** 64 bits: the revisions of one source are few. */
const REVISION_LENGTH = 16;
const REVISION_NAME = /^[0-9a-f]{16}\/$/;

const RENDITION_NAME = /^[a-z0-9-]+\.(avif|webp|jpeg|png)$/;

export function folderOf(sourceKey: string): string {
  return `${sourceKey}/`;
}

export function manifestKey(sourceKey: string): string {
  return `${folderOf(sourceKey)}manifest.json`;
}

/** `folder`: the source's own, or one of its revisions'. */
export function renditionKey(folder: string, variant: string, format: string): string {
  return `${folder}${variant}.${format}`;
}

/** The folder of one revision: of the source with this content (its etag, and focal point), as rendered by these variants for the n-th manifest. */
export function revisionFolder(
  sourceKey: string,
  content: string,
  variants: readonly Variant[],
  generation: number,
): string {
  const revision = createHash("sha256")
    .update(`${content} ${recipeHash(variants)} ${generation}`)
    .digest("hex");
  return `${folderOf(sourceKey)}${revision.slice(0, REVISION_LENGTH)}/`;
}

/** Whether a rendition lies where today's recipe puts it. */
export function isInPlace(sourceKey: string, key: string, { immutable }: Recipe): boolean {
  const folder = parentOf(key);
  return immutable ? isRevisionFolder(sourceKey, folder) : folder === folderOf(sourceKey);
}

export function parentOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}

/** Whether a key in a folder can be one of ours: anything else there is left alone. */
export function isRenditionIn(folder: string, key: string): boolean {
  return key.startsWith(folder) && RENDITION_NAME.test(key.slice(folder.length));
}

/** Whether a sub-folder of the source's can be a revision's. */
export function isRevisionFolder(sourceKey: string, subFolder: string): boolean {
  const folder = folderOf(sourceKey);
  return subFolder.startsWith(folder) && REVISION_NAME.test(subFolder.slice(folder.length));
}

export function longestKeyBytes(
  sourceKey: string,
  variants: readonly Variant[],
  { immutable }: Recipe,
): number {
  const folder = immutable ? revisionFolder(sourceKey, "", variants, 0) : folderOf(sourceKey);
  const renditions = variants.flatMap(({ name, formats }) =>
    formats.map((format) => renditionKey(folder, name, format)),
  );
  return Math.max(...[manifestKey(sourceKey), ...renditions].map((key) => Buffer.byteLength(key)));
}
