// Sizes. What a variant asks for, what it gets from a given source, and how large the source must be decoded for it.
import type { Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";

export interface Size {
  width: number;
  height: number;
}

/** With no variant to make, only a placeholder is needed. */
const SMALLEST_BASE = 100;

/** WebP's own limit; AVIF's is one more. A strip that is longer becomes a smaller strip. */
const MAX_RENDITION_SIDE = 16_383;

/** EXIF orientations from 5 on turn the image by a quarter. */
const FIRST_QUARTER_TURN = 5;

/** As seen: after the orientation is applied. */
export function uprightSize({ width, height, orientation }: Header): Size {
  return orientation >= FIRST_QUARTER_TURN ? { width: height, height: width } : { width, height };
}

/** The smallest size from which every variant can be derived without enlarging, never above the source's own. */
export function baseSize(header: Header, variants: readonly Variant[]): Size {
  const source = uprightSize(header);
  const scales = variants.map((variant) =>
    isFixed(variant) ? neededScale(source, variant) : proportionalScale(source, variant),
  );
  const scale = Math.min(1, Math.max(SMALLEST_BASE / Math.max(source.width, source.height), ...scales));
  return scaled(source, scale);
}

/** Of `inside` and `outside`, which keep the shape; the other fits have the size that was asked for. */
export function proportionalSize(source: Size, variant: Variant): Size {
  const scale = proportionalScale(source, variant);
  return scaled(source, variant.withoutEnlargement ? Math.min(1, scale) : scale);
}

/** As large as asked for, but with no side that a rendition cannot have. */
function proportionalScale(source: Size, variant: Variant): number {
  return Math.min(neededScale(source, variant), MAX_RENDITION_SIDE / Math.max(source.width, source.height));
}

/** Whether the size is the one asked for, whatever shape the image has. */
export function isFixed({ width, height, fit }: Variant): boolean {
  return width !== undefined && height !== undefined && fit !== "inside" && fit !== "outside";
}

/** Whether something may be cut away, so that it matters what is kept. */
export function isCropped(variant: Variant): boolean {
  return isFixed(variant) && variant.fit === "cover";
}

/** What matters in an image, as shares of its upright width and height. */
export interface FocalPoint {
  x: number;
  y: number;
}

export interface Cut {
  scaled: Size;
  area: { left: number; top: number; width: number; height: number };
}

/** Where `cover` cuts, with the point as near to the middle as the edges allow. */
export function coverCut(base: Size, variant: Variant, { x, y }: FocalPoint): Cut {
  const scale = neededScale(base, variant);
  const size = scaled(base, variant.withoutEnlargement ? Math.min(1, scale) : scale);
  const { width = size.width, height = size.height } = variant;
  const across = within(size.width, width, x);
  const down = within(size.height, height, y);
  return {
    scaled: size,
    area: { left: across.start, top: down.start, width: across.length, height: down.length },
  };
}

function within(whole: number, wanted: number, share: number): { start: number; length: number } {
  const length = Math.min(wanted, whole);
  return { start: Math.max(0, Math.min(whole - length, Math.round(share * whole - length / 2))), length };
}

function neededScale(source: Size, { width, height, fit }: Variant): number {
  const horizontal = width === undefined ? undefined : width / source.width;
  const vertical = height === undefined ? undefined : height / source.height;
  if (horizontal === undefined || vertical === undefined) return horizontal ?? vertical ?? 1;
  return fit === "inside" || fit === "contain"
    ? Math.min(horizontal, vertical)
    : Math.max(horizontal, vertical);
}

function scaled({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
