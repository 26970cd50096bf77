// Where the renditions of a source object lie: `photos/cat.jpg` → `photos/cat.jpg/<variant>.<format>` and a manifest.
// Predictable without a look-up, and injective: `cat.jpg` and `cat.png` never collide.
import type { Variant } from "../settings/variant.ts";

/** S3's own limit, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 1024;

const RENDITION_NAME = /^[a-z0-9-]+\.(avif|webp|jpeg|png)$/;

export function folderOf(sourceKey: string): string {
  return `${sourceKey}/`;
}

export function manifestKey(sourceKey: string): string {
  return `${folderOf(sourceKey)}manifest.json`;
}

export function renditionKey(sourceKey: string, variant: string, format: string): string {
  return `${folderOf(sourceKey)}${variant}.${format}`;
}

/** Whether a key in the source's folder can be one of ours: anything else there is left alone. */
export function isRenditionKey(sourceKey: string, key: string): boolean {
  const folder = folderOf(sourceKey);
  return key.startsWith(folder) && RENDITION_NAME.test(key.slice(folder.length));
}

export function longestKeyBytes(sourceKey: string, variants: readonly Variant[]): number {
  const renditions = variants.flatMap(({ name, formats }) =>
    formats.map((format) => renditionKey(sourceKey, name, format)),
  );
  return Math.max(...[manifestKey(sourceKey), ...renditions].map((key) => Buffer.byteLength(key)));
}
