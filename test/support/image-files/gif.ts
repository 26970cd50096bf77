// GIF files by hand.
import { latin1, little16 } from "./numbers.ts";

export interface GifFrame {
  left?: number;
  top?: number;
  width: number;
  height: number;
  /** Hundredths of a second. */
  delay?: number;
}

const BLACK_AND_WHITE = Buffer.from([0, 0, 0, 255, 255, 255]);

export function gifOf(
  { width, height, loop }: { width: number; height: number; loop?: number },
  frames: readonly GifFrame[],
  ...before: readonly Buffer[]
): Buffer {
  const screen = Buffer.concat([
    latin1("GIF89a"),
    little16(width),
    little16(height),
    Buffer.from([0x80, 0, 0]),
  ]);
  const looped = loop === undefined ? [] : [loopExtension(loop)];
  return Buffer.concat([
    screen,
    BLACK_AND_WHITE,
    ...looped,
    ...before,
    ...frames.map(frameBytes),
    Buffer.from([0x3b]),
  ]);
}

export function comment(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x21, 0xfe]), subBlocks(text)]);
}

function loopExtension(times: number): Buffer {
  return Buffer.concat([
    Buffer.from([0x21, 0xff, 11]),
    latin1("NETSCAPE2.0"),
    Buffer.from([3, 1]),
    little16(times),
    Buffer.from([0]),
  ]);
}

function frameBytes({ left = 0, top = 0, width, height, delay = 10 }: GifFrame): Buffer {
  const control = Buffer.concat([Buffer.from([0x21, 0xf9, 4, 4]), little16(delay), Buffer.from([0, 0])]);
  const place = Buffer.concat([left, top, width, height].map(little16));
  return Buffer.concat([
    control,
    Buffer.from([0x2c]),
    place,
    Buffer.from([0, 2]),
    subBlocks(uncompressed(width * height)),
  ]);
}

/** One pixel after another, white, with the table cleared before it grows: codes stay three bits wide. */
function uncompressed(pixels: number): Buffer {
  const [white, clear, end] = [1, 4, 5];
  const codes: number[] = [];
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    if (pixel % 2 === 0) codes.push(clear);
    codes.push(white);
  }
  codes.push(end);
  const bytes = Buffer.alloc(Math.ceil((codes.length * 3) / 8));
  for (const [index, code] of codes.entries()) {
    for (let bit = 0; bit < 3; bit += 1) {
      const at = index * 3 + bit;
      if (code & (1 << bit)) bytes[at >> 3]! |= 1 << (at & 7);
    }
  }
  return bytes;
}

function subBlocks(data: Buffer): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < data.length; at += 255) {
    const part = data.subarray(at, at + 255);
    blocks.push(Buffer.from([part.length]), part);
  }
  return Buffer.concat([...blocks, Buffer.from([0])]);
}
