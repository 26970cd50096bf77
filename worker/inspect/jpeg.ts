// JPEG: segments of `FF marker length …` up to the frame header; entropy-coded data is never reached.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import { orientationOf } from "./exif.ts";
import type { Header } from "./header.ts";

const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
const COMMENT = 0xfe;
/** SOF2, 6, 10 and 14: the coefficients of the whole image are kept until the last scan. */
const PROGRESSIVE = new Set([0xc2, 0xc6, 0xca, 0xce]);

export function readJpeg(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "\xff\xd8\xff")) return undefined;
  let metadataBytes = 0;
  let orientation = 1;
  for (const { code, body } of segments(bytes)) {
    if (isStartOfFrame(code)) return frameHeader(code, body, orientation, metadataBytes);
    if (code === END_OF_IMAGE || code === START_OF_SCAN) throw corrupt("JPEG", "a frame");
    if (isMetadata(code)) metadataBytes += body.length;
    if (code === APP1 && startsWith(body, "Exif\0\0")) orientation = orientationOf(body.subarray(6));
  }
  throw truncated("JPEG");
}

function frameHeader(code: number, body: Buffer, orientation: number, metadataBytes: number): Header {
  if (body.length < 5) throw truncated("JPEG");
  const kind = PROGRESSIVE.has(code) ? "jpeg-progressive" : "jpeg-baseline";
  const size = { width: body.readUInt16BE(3), height: body.readUInt16BE(1) };
  return { format: "jpeg", ...size, frames: 1, orientation, kind, metadataBytes };
}

function* segments(bytes: Buffer): Generator<{ code: number; body: Buffer }> {
  let at = bytes.indexOf(0xff, 2);
  while (at >= 0 && at + 1 < bytes.length) {
    const code = bytes[at + 1] ?? 0;
    if (code === 0xff) {
      at += 1; // Fill bytes may precede a marker.
    } else if (code === END_OF_IMAGE) {
      yield { code, body: bytes.subarray(at + 2, at + 2) };
      return;
    } else if (hasLength(code)) {
      if (at + 4 > bytes.length) return;
      const length = Math.max(2, bytes.readUInt16BE(at + 2));
      yield { code, body: bytes.subarray(at + 4, at + 2 + length) };
      at = bytes.indexOf(0xff, at + 2 + length);
    } else {
      at = bytes.indexOf(0xff, at + 2);
    }
  }
}

/** Stuffed zeros, TEM, restarts and the start of the image stand alone. */
function hasLength(code: number): boolean {
  return code !== 0x00 && code !== 0x01 && !(code >= 0xd0 && code <= 0xd8);
}

/** C0 to CF, but for the Huffman, JPG and arithmetic tables between them. */
function isStartOfFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function isMetadata(code: number): boolean {
  return (code >= 0xe0 && code <= 0xef) || code === COMMENT;
}
