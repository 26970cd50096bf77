// PNG and APNG: chunks of `length type data crc`.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import { orientationOf } from "./exif.ts";
import type { Header } from "./header.ts";

const SIGNATURE = "\x89PNG\r\n\x1a\n";
const PIXELS = new Set(["IHDR", "IDAT", "fdAT", "PLTE", "IEND"]);
const CHUNK_FRAME_BYTES = 12;

export function readPng(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, SIGNATURE)) return undefined;
  if (bytes.length < 33) throw truncated("PNG");
  if (!startsWith(bytes, "IHDR", 12)) throw corrupt("PNG", "an IHDR chunk");
  let orientation = 1;
  let metadataBytes = 0;
  let sawEnd = false;
  for (let at = SIGNATURE.length; at + CHUNK_FRAME_BYTES <= bytes.length && !sawEnd; ) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString("latin1", at + 4, at + 8);
    if (!PIXELS.has(type)) metadataBytes += length;
    if (type === "eXIf") orientation = orientationOf(bytes.subarray(at + 8, at + 8 + length));
    sawEnd = type === "IEND";
    at += CHUNK_FRAME_BYTES + length;
  }
  // Decoders accept a file that lacks only its end; but then its sender was cut off too.
  if (!sawEnd) throw truncated("PNG");
  return {
    format: "png",
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    frames: 1, // Of an APNG, decoders see the first frame only.
    orientation,
    kind: bytes[28] === 0 ? "png" : "png-interlaced",
    metadataBytes,
  };
}
