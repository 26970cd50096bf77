// How much memory rendering an image will take, from its header: what admits it, or keeps it waiting. Every number was
// measured as peak resident memory above the idle process, over 12 to 100 megapixels, and rounded up.
import type { RenditionFormat, Variant } from "../../settings/variant.ts";
import type { Header, MemoryKind } from "../inspect/header.ts";
import { baseSize } from "./geometry.ts";
import { moves } from "./moves.ts";

/** Bytes a source pixel while it is decoded. The kinds that are read row by row take a constant instead. */
const DECODING: Record<MemoryKind, number> = {
  "jpeg-baseline": 1,
  "jpeg-progressive": 6.5,
  png: 3,
  "png-interlaced": 10,
  "webp-lossy": 1,
  "webp-lossless": 4.5,
  "webp-animated": 8,
  gif: 6,
  avif: 18.5,
  "avif-deep": 26,
};

/** Bytes a pixel of width, beside that: of a PNG that is shrunk, some 800 rows of 16-bit RGBA are held at once. */
const DECODING_ROWS: Partial<Record<MemoryKind, number>> = { png: 6400, "png-interlaced": 1600, gif: 3200 };

/** Bytes an output pixel while it is encoded. */
const ENCODING: Record<RenditionFormat, number> = { avif: 37, webp: 12, jpeg: 8, png: 5 };

/** Bytes a pixel of all frames while an animation is decoded: the frames, and what the decoder of WebP holds (8.2). */
const DECODING_FRAMES = 9;
/** Bytes a pixel of all frames when they are resized: as the base has them, and as they will be encoded. */
const FRAMES = 8;

/** A decoder's buffers, whatever the size. */
const CONSTANT_BYTES = 30_000_000;
const BYTES_PER_PIXEL = 4;

/** Of the source, the decoded base, the largest variant's pixels, and its formats encoded side by side. */
export function estimateMemoryBytes(
  header: Header,
  sourceBytes: number,
  variants: readonly Variant[],
): number {
  if (variants.some((variant) => moves(header, variant)))
    return estimateAnimation(header, sourceBytes, variants);
  const base = baseSize(header, variants);
  const basePixels = base.width * base.height;
  const formats = new Set(variants.flatMap((variant) => variant.formats));
  const encoding = [...formats].reduce((sum, format) => sum + ENCODING[format], 0);
  const rows = header.width * (DECODING_ROWS[header.kind] ?? 0);
  const decoding = header.width * header.height * DECODING[header.kind] + rows;
  // Encoding starts when decoding is over.
  return (
    sourceBytes +
    CONSTANT_BYTES +
    basePixels * BYTES_PER_PIXEL +
    Math.max(decoding, basePixels * (BYTES_PER_PIXEL + encoding))
  );
}

/** All frames as they are stored, at the base's size, and at the largest variant's. */
function estimateAnimation(header: Header, sourceBytes: number, variants: readonly Variant[]): number {
  const base = baseSize(header, variants);
  const decoding = header.width * header.height * header.frames * DECODING_FRAMES;
  const resizing = base.width * base.height * header.frames * FRAMES;
  const still = estimateMemoryBytes({ ...header, frames: 1 }, sourceBytes, variants);
  return still + Math.max(decoding, decoding / 2 + resizing);
}
