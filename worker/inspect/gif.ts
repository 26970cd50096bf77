// GIF: a screen descriptor, then blocks, each a chain of sub-blocks of up to 255 bytes.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import type { Header } from "./inspect.ts";

const SCREEN_BYTES = 13;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const IMAGE_DESCRIPTOR_BYTES = 10;

export function readGif(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "GIF87a") && !startsWith(bytes, "GIF89a")) return undefined;
  if (bytes.length < SCREEN_BYTES) throw truncated("GIF");
  // Frames may reach beyond the screen, and then decoders enlarge it.
  let width = bytes.readUInt16LE(6);
  let height = bytes.readUInt16LE(8);
  let frames = 0;
  let metadataBytes = 0;
  let at = SCREEN_BYTES + colourTableBytes(bytes[10] ?? 0);
  for (;;) {
    if (bytes[at] === EXTENSION) {
      const end = skipSubBlocks(bytes, at + 2);
      metadataBytes += end - at;
      at = end;
    } else if (bytes[at] === IMAGE && at + IMAGE_DESCRIPTOR_BYTES <= bytes.length) {
      frames += 1;
      width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5));
      height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7));
      const tables = IMAGE_DESCRIPTOR_BYTES + colourTableBytes(bytes[at + 9] ?? 0);
      at = skipSubBlocks(bytes, at + tables + 1);
    } else {
      break;
    }
  }
  if (frames === 0) throw at >= bytes.length ? truncated("GIF") : corrupt("GIF", "a frame");
  return { format: "gif", width, height, frames, orientation: 1, kind: "gif", metadataBytes };
}

function colourTableBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

function skipSubBlocks(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) at += 1 + length;
  return at + 1;
}
