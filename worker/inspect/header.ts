// What a header says of its image: all that is known before anything is decoded.
import type { SourceFormat } from "../../settings/recipe.ts";

/** Sources that take memory alike: the worst of each was measured (see render/memory.ts). */
export type MemoryKind =
  | "jpeg-baseline"
  | "jpeg-progressive"
  | "png"
  | "png-interlaced"
  | "webp-lossy"
  | "webp-lossless"
  | "webp-animated"
  | "gif"
  | "avif"
  | "avif-deep";

export interface Header {
  format: SourceFormat;
  /** As stored: before the EXIF orientation is applied. */
  width: number;
  height: number;
  frames: number;
  /** EXIF 1 to 8; 1 when absent or nonsense. */
  orientation: number;
  kind: MemoryKind;
  /** EXIF, XMP, ICC, texts and comments. */
  metadataBytes: number;
}
