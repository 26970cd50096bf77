// WebP: RIFF chunks. Frames are counted here, by a walk over their headers: libvips' own count is quadratic.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import { orientationOf } from "./exif.ts";
import type { Header, MemoryKind } from "./header.ts";

interface Found {
  size: { width: number; height: number } | undefined;
  frames: number;
  orientation: number;
  metadataBytes: number;
  isLossless: boolean;
}

export function readWebp(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "RIFF") || !startsWith(bytes, "WEBP", 8)) return undefined;
  const found: Found = { size: undefined, frames: 0, orientation: 1, metadataBytes: 0, isLossless: false };
  for (let at = 12; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    readChunk(bytes.toString("latin1", at, at + 4), bytes.subarray(at + 8, at + 8 + length), found);
    at += 8 + length + (length % 2);
  }
  // The RIFF header says how many bytes follow its own eight.
  if (bytes.length < 8 + bytes.readUInt32LE(4)) throw truncated("WebP");
  if (!found.size) throw corrupt("WebP", "a size");
  const { size, frames, orientation, metadataBytes } = found;
  return {
    format: "webp",
    ...size,
    frames: Math.max(1, frames),
    orientation,
    kind: kindOf(found),
    metadataBytes,
  };
}

function kindOf({ frames, isLossless }: Found): MemoryKind {
  if (frames > 0) return "webp-animated";
  return isLossless ? "webp-lossless" : "webp-lossy";
}

function readChunk(type: string, data: Buffer, found: Found): void {
  if (type === "VP8X" && data.length >= 10) {
    found.size = { width: 1 + data.readUIntLE(4, 3), height: 1 + data.readUIntLE(7, 3) };
  } else if (type === "VP8 " && data.length >= 10) {
    found.size ??= { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  } else if (type === "VP8L" && data.length >= 5) {
    const packed = data.readUInt32LE(1);
    found.size ??= { width: 1 + (packed & 0x3fff), height: 1 + ((packed >>> 14) & 0x3fff) };
    found.isLossless = true;
  } else if (type === "ANMF") {
    found.frames += 1;
  } else if (type === "EXIF" || type === "XMP " || type === "ICCP") {
    found.metadataBytes += data.length;
    // Some writers keep JPEG's preamble.
    const block = startsWith(data, "Exif\0\0") ? data.subarray(6) : data;
    if (type === "EXIF") found.orientation = orientationOf(block);
  }
}
