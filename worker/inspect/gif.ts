// GIF: a screen descriptor, then blocks, each a chain of sub-blocks of up to 255 bytes.
import { corrupt, startsWith, truncated } from "./bytes.ts";
import type { Header } from "./header.ts";

const SCREEN_BYTES = 13;
const IMAGE = 0x2c;
const EXTENSION = 0x21;
const IMAGE_DESCRIPTOR_BYTES = 10;
const MONITORS = ["640×480", "800×600", "1024×768", "1280×1024", "1600×1200"];

export function readGif(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "GIF87a") && !startsWith(bytes, "GIF89a")) return undefined;
  if (bytes.length < SCREEN_BYTES) throw truncated("GIF");
  let { width, height } = screenSize(bytes);
  let frames = 0;
  let metadataBytes = 0;
  for (const { type, at, end } of blocks(bytes)) {
    // Decoders make do with the frames that arrived: nobody would see that the rest is missing.
    if (end > bytes.length) throw truncated("GIF");
    if (type === EXTENSION) metadataBytes += end - at;
    if (type !== IMAGE) continue;
    frames += 1;
    if (frames > 1) continue;
    width = Math.max(width, bytes.readUInt16LE(at + 1) + bytes.readUInt16LE(at + 5));
    height = Math.max(height, bytes.readUInt16LE(at + 3) + bytes.readUInt16LE(at + 7));
  }
  if (frames === 0) throw corrupt("GIF", "a frame");
  return { format: "gif", width, height, frames, orientation: 1, kind: "gif", metadataBytes };
}

/** Extensions and images, until something else comes: the trailer, or what decoders stop at too. */
function* blocks(bytes: Buffer): Generator<{ type: number; at: number; end: number }> {
  let at = SCREEN_BYTES + colourTableBytes(bytes[10] ?? 0);
  for (;;) {
    const type = bytes[at];
    if (type !== EXTENSION && type !== IMAGE) break;
    const isImage = type === IMAGE;
    const data = isImage ? at + IMAGE_DESCRIPTOR_BYTES + colourTableBytes(bytes[at + 9] ?? 0) + 1 : at + 2;
    const end = afterSubBlocks(bytes, data);
    yield { type, at, end };
    at = end;
  }
  if (at > bytes.length) throw truncated("GIF");
}

/**
 * The decoder's own rule (libnsgif): a first frame beyond the screen enlarges it, and a screen that is a monitor's size
 * is taken for the author's monitor: only the first frame counts then.
 */
function screenSize(bytes: Buffer): { width: number; height: number } {
  const width = bytes.readUInt16LE(6);
  const height = bytes.readUInt16LE(8);
  const isMonitor = MONITORS.includes(`${width}×${height}`) || width > 2048 || height > 2048;
  return isMonitor || width === 0 || height === 0 ? { width: 1, height: 1 } : { width, height };
}

function colourTableBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

function afterSubBlocks(bytes: Buffer, from: number): number {
  let at = from;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) at += 1 + length;
  return at + 1;
}
