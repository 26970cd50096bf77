// How much memory rendering an image will take, from its header: what admits it, or keeps it waiting. Every number was
// measured as peak resident memory above the idle process, over 12 to 100 megapixels, and rounded up.
import type { Variant } from "../../settings/variant.ts";
import type { Header, MemoryKind } from "../inspect/header.ts";
import { baseSize, isFixed, proportionalSize, type Size, uprightSize } from "./geometry.ts";
import { moves } from "./moves.ts";
import { OUTPUT_FORMATS } from "./output-formats.ts";

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

/** Bytes an output pixel more, for each format, where they become 16 bits to get the profile of Display P3. */
const TAGGING = 12;

/** More of them for a watermark: as large as the rendition at most, and a copy that has it; of an animation, one of each frame. */
const MARKING = 8;
const MARKED_FRAMES = 5;

/** Bytes a pixel of all frames while an animation is decoded: the frames, and what the decoder of WebP holds (8.2). */
const DECODING_FRAMES = 9;
/** Bytes a pixel of all frames at the size of the base, and as they will be encoded, with what that takes. */
const BASE_FRAMES = 4;
const RESIZED_FRAMES = 5;

/** A decoder's buffers, whatever the size. */
const CONSTANT_BYTES = 30_000_000;
const BYTES_PER_PIXEL = 4;

/** Of the source, the decoded base, and the renditions of one variant: its pixels, and its formats encoded side by side. */
export function estimateMemoryBytes(
  header: Header,
  sourceBytes: number,
  variants: readonly Variant[],
): number {
  const still = CONSTANT_BYTES + sourceBytes + estimateStill(header, variants);
  const moving = variants.filter((variant) => moves(header, variant));
  return moving.length === 0 ? still : still + estimateFrames(header, variants, moving);
}

function estimateStill(header: Header, variants: readonly Variant[]): number {
  const rows = header.width * (DECODING_ROWS[header.kind] ?? 0);
  const decoding = header.width * header.height * DECODING[header.kind] + rows;
  // Encoding starts when decoding is over.
  const encoding = Math.max(0, ...variants.map((variant) => encodingBytes(header, variant)));
  return areaOf(baseSize(header, variants)) * BYTES_PER_PIXEL + Math.max(decoding, encoding);
}

function encodingBytes(header: Header, variant: Variant): number {
  const tagging = variant.gamut === "p3" ? TAGGING : 0;
  const encoding = variant.formats.reduce(
    (sum, format) => sum + OUTPUT_FORMATS[format].bytesPerPixel + tagging,
    0,
  );
  const marking = variant.watermark ? MARKING : 0;
  return areaOf(largestSize(header, variant)) * (BYTES_PER_PIXEL + encoding + marking);
}

/** All frames as they are stored, at the base's size, and at that of the largest variant that moves. */
function estimateFrames(header: Header, variants: readonly Variant[], moving: readonly Variant[]): number {
  const { width, height, frames } = header;
  const decoding = width * height * DECODING_FRAMES;
  const base = areaOf(baseSize(header, variants)) * BASE_FRAMES;
  const resizing = moving.map((variant) => {
    const tagging = variant.gamut === "p3" ? TAGGING : 0;
    const marking = variant.watermark ? MARKED_FRAMES : 0;
    return areaOf(largestSize(header, variant)) * (RESIZED_FRAMES + tagging + marking);
  });
  return frames * Math.max(decoding, decoding / 2 + base + Math.max(...resizing));
}

/** Of a rendition; `contain` has all of its box, margins and all. */
function largestSize(header: Header, variant: Variant): Size {
  const source = uprightSize(header);
  if (!isFixed(variant)) return proportionalSize(source, variant);
  const { width = source.width, height = source.height, fit, withoutEnlargement } = variant;
  if (fit === "contain" || !withoutEnlargement) return { width, height };
  return { width: Math.min(width, source.width), height: Math.min(height, source.height) };
}

function areaOf({ width, height }: Size): number {
  return width * height;
}
