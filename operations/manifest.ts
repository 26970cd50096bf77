// Reads the manifest the worker wrote for a source object. It is written last, so what it lists is there.
import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
import * as v from "valibot";
import { RENDITION_FORMATS } from "../settings/variant.ts";
import { bareEtag } from "./etag.ts";
import type { Target } from "./target.ts";

const EtagSchema = v.pipe(
  v.string(),
  v.transform((etag) => bareEtag(etag)),
);

const ManifestSchema = v.object({
  version: v.literal(1),
  source: v.object({
    key: v.string(),
    etag: EtagSchema,
    bytes: v.number(),
    format: v.string(),
    /** As seen: after the EXIF orientation is applied. */
    width: v.number(),
    height: v.number(),
    frames: v.number(),
  }),
  recipe: v.string(),
  workerVersion: v.string(),
  /** A thumbhash, base64. */
  placeholder: v.string(),
  /** `#rrggbb` */
  dominantColour: v.string(),
  renditions: v.array(
    v.object({
      key: v.string(),
      variant: v.string(),
      format: v.picklist(RENDITION_FORMATS),
      width: v.number(),
      height: v.number(),
      bytes: v.number(),
      etag: EtagSchema,
      sha256: v.string(),
    }),
  ),
  /** By format: "<url-encoded key> 320w, …", narrowest first. */
  srcset: v.record(v.string(), v.string()),
});

export type Manifest = v.InferOutput<typeof ManifestSchema>;
export type Rendition = Manifest["renditions"][number];

export function manifestKey(sourceKey: string): string {
  return `${sourceKey}/manifest.json`;
}

/** Nothing when there is none, or none of this version. */
export async function readManifest(
  target: Pick<Target, "s3" | "destinationBucket">,
  sourceKey: string,
  signal?: AbortSignal,
): Promise<Manifest | undefined> {
  return (await readDatedManifest(target, sourceKey, signal))?.manifest;
}

export interface DatedManifest {
  manifest: Manifest;
  /** By S3's clock, to the second. */
  writtenAtMs: number;
}

export async function readDatedManifest(
  { s3, destinationBucket }: Pick<Target, "s3" | "destinationBucket">,
  sourceKey: string,
  signal?: AbortSignal,
): Promise<DatedManifest | undefined> {
  try {
    const { Body, LastModified } = await s3.send(
      new GetObjectCommand({ Bucket: destinationBucket, Key: manifestKey(sourceKey) }),
      { ...(signal && { abortSignal: signal }) },
    );
    const manifest = parseManifest((await Body?.transformToString()) ?? "");
    return manifest && { manifest, writtenAtMs: LastModified?.getTime() ?? 0 };
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

export function parseManifest(text: string): Manifest | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), ManifestSchema), text);
  return result.success ? result.output : undefined;
}
