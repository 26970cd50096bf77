// WebP files by hand: RIFF chunks, and animations out of still ones.
import { latin1, little16, little24, little32 } from "./numbers.ts";

const ANIMATED = 0x02;

export function riff(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([latin1("WEBP"), ...chunks]);
  return Buffer.concat([latin1("RIFF"), little32(body.length), body]);
}

export function webpChunk(type: string, data: Buffer): Buffer {
  return Buffer.concat([latin1(type), little32(data.length), data, Buffer.alloc(data.length % 2)]);
}

export function extendedHeader(width: number, height: number, flags = 0): Buffer {
  const size = [little24(width - 1), little24(height - 1)];
  return webpChunk("VP8X", Buffer.concat([Buffer.from([flags, 0, 0, 0]), ...size]));
}

/** The chunks behind the file header. */
function chunksOf(webp: Buffer): Buffer {
  return webp.subarray(12);
}

/** The same still picture, `frames` times. */
export function animationOf(still: Buffer, width: number, height: number, frames: number): Buffer {
  const frame = webpChunk(
    "ANMF",
    Buffer.concat([
      little24(0),
      little24(0),
      little24(width - 1),
      little24(height - 1),
      little24(100),
      Buffer.from([0]),
      chunksOf(still),
    ]),
  );
  return riff(
    extendedHeader(width, height, ANIMATED),
    webpChunk("ANIM", Buffer.concat([little32(0), little16(0)])),
    Buffer.concat(Array.from({ length: frames }, () => frame)),
  );
}
