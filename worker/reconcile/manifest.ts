// The manifest: one JSON file per source object that lists its renditions. Written last, it is the commit point:
// who follows a manifest never sees half a set. It holds no times, so the same image always gives the same manifest.
import * as v from "valibot";
import { SOURCE_FORMATS } from "../../settings/recipe.ts";
import { RENDITION_FORMATS } from "../../settings/variant.ts";
import { srcsets } from "./srcset.ts";

const RenditionSchema = v.object({
  key: v.string(),
  variant: v.string(),
  format: v.picklist(RENDITION_FORMATS),
  width: v.number(),
  height: v.number(),
  bytes: v.number(),
  etag: v.string(),
  sha256: v.string(),
  /** The hash of the variant that made it. */
  recipe: v.string(),
});

const SourceSchema = v.object({
  key: v.string(),
  etag: v.string(),
  versionId: v.optional(v.string()),
  bytes: v.number(),
  format: v.picklist(SOURCE_FORMATS),
  /** As seen: after the EXIF orientation is applied. */
  width: v.number(),
  height: v.number(),
  frames: v.number(),
  orientation: v.number(),
  /** As shares of width and height; only where a variant crops, and the uploader named one. */
  focalPoint: v.optional(v.object({ x: v.number(), y: v.number() })),
});

const ManifestSchema = v.object({
  version: v.literal(1),
  source: SourceSchema,
  recipe: v.string(),
  workerVersion: v.string(),
  /** A thumbhash, base64. */
  placeholder: v.string(),
  /** `#rrggbb` */
  dominantColour: v.string(),
  /**
   * Of immutable sets: how many manifests there were. It keeps revisions apart, and no manifest ever stands again as it
   * was: whoever is late to replace it has lost.
   */
  generation: v.optional(v.number()),
  renditions: v.array(RenditionSchema),
});

export type Rendition = v.InferOutput<typeof RenditionSchema>;
export type ManifestSource = v.InferOutput<typeof SourceSchema>;
export type Manifest = v.InferOutput<typeof ManifestSchema>;

/** Nothing when the text is no manifest of this version: the set is then made anew, whatever wrote it. */
export function parseManifest(text: string): Manifest | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), text);
  return result.success ? result.output : undefined;
}

export function manifestJson(manifest: Manifest): string {
  return JSON.stringify({ ...manifest, srcset: srcsets(manifest.renditions) });
}
