// AVIF: ISO boxes of `length type …`. The size is in an `ispe` property; of several (tiles, thumbnails) the largest counts.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import type { Header } from "./inspect.ts";

/** Brands come first, and the properties within the `meta` box that follows; a header beyond this is no photo's. */
const HEADER_BYTES = 1024 * 1024;

export function readAvif(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "ftyp", 4)) return undefined;
  const head = bytes.subarray(0, HEADER_BYTES);
  if (!isAvif(head)) return undefined;
  let width = 0;
  let height = 0;
  let isDeep = false;
  for (let at = head.indexOf("ispe"); at >= 0; at = head.indexOf("ispe", at + 4)) {
    if (at + 16 > head.length) throw truncated("AVIF");
    const size = { width: head.readUInt32BE(at + 8), height: head.readUInt32BE(at + 12) };
    if (size.width * size.height <= width * height) continue;
    ({ width, height } = size);
  }
  if (width === 0) throw corrupt("AVIF", "a size");
  for (let at = head.indexOf("av1C"); at >= 0; at = head.indexOf("av1C", at + 4)) {
    isDeep ||= isDeepOrFullChroma(head[at + 6] ?? 0);
  }
  const kind = isDeep ? "avif-deep" : "avif";
  // Orientation is a property that decoders apply themselves (`irot`), and metadata lies behind the pixels.
  return { format: "avif", width, height, frames: 1, orientation: 1, kind, metadataBytes: 0 };
}

/** Brands say AVIF, or are those of HEIF in general while the codec is AV1. */
function isAvif(head: Buffer): boolean {
  const brands = head.toString("latin1", 8, Math.min(head.readUInt32BE(0), 256, head.length));
  return /avi[fs]/.test(brands) || (/mi[fa][1f]|msf1/.test(brands) && head.includes("av01"));
}

/** The third byte of `av1C`: bit 6 is "more than 8 bits", and bits 3 and 2 are unset for 4:4:4. */
function isDeepOrFullChroma(flags: number): boolean {
  return (flags & 0x40) !== 0 || (flags & 0x0c) === 0;
}
