// PNG files by hand, of every colour type and depth: chunks of `length type data crc`.
import { crc32, deflateSync } from "node:zlib";
import { big32, latin1 } from "./numbers.ts";

export const PNG_SIGNATURE = latin1("\x89PNG\r\n\x1a\n");

const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Where each of Adam7's seven passes starts, and its steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export interface PngHeader {
  width: number;
  height: number;
  /** 8 unless said otherwise. */
  depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha; 2 unless said otherwise. */
  colourType?: number;
  interlaced?: boolean;
}

export function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([latin1(type), data]);
  return Buffer.concat([big32(data.length), body, big32(crc32(body))]);
}

export function imageHeader(header: PngHeader): Buffer {
  const { width, height, depth = 8, colourType = 2, interlaced = false } = header;
  return chunk(
    "IHDR",
    Buffer.concat([big32(width), big32(height), Buffer.from([depth, colourType, 0, 0, Number(interlaced)])]),
  );
}

/** A signature, the header, whatever chunks are given, and the end. */
export function pngOf(header: PngHeader, ...chunks: readonly Buffer[]): Buffer {
  return Buffer.concat([PNG_SIGNATURE, imageHeader(header), ...chunks, chunk("IEND")]);
}

/** A whole picture: a slanted pattern, with chunks put before its pixels. */
export function patternPng(header: PngHeader, ...before: readonly Buffer[]): Buffer {
  const rowBytes = bytesPerRow(header, header.width);
  const rows = Buffer.alloc((1 + rowBytes) * header.height);
  for (let row = 0; row < header.height; row += 1) {
    for (let at = 0; at < rowBytes; at += 1) rows[row * (1 + rowBytes) + 1 + at] = (at * 7 + row * 13) & 255;
  }
  return pngOf(header, ...before, chunk("IDAT", deflateSync(rows)));
}

/** A whole black picture, however large: a few kilobytes that inflate to all its pixels. */
export function blackPng(header: PngHeader, ...before: readonly Buffer[]): Buffer {
  return pngOf(header, ...before, chunk("IDAT", deflatedZeros(pixelBytes(header))));
}

export function palette(colours: number): Buffer {
  return chunk("PLTE", Buffer.from(Array.from({ length: colours * 3 }, (_, at) => (at * 37) & 255)));
}

/** `length` zeros, deflated; the zeros exist only once at a time. */
export function deflatedZeros(length: number): Buffer {
  return deflateSync(Buffer.alloc(length), { level: 9 });
}

function bytesPerRow({ depth = 8, colourType = 2 }: PngHeader, width: number): number {
  return Math.ceil((width * depth * (CHANNELS[colourType] ?? 1)) / 8);
}

function pixelBytes(header: PngHeader): number {
  const { width, height, interlaced = false } = header;
  if (!interlaced) return (1 + bytesPerRow(header, width)) * height;
  return PASSES.reduce((sum, [left, top, across, down]) => {
    const columns = Math.ceil((width - left) / across);
    const rows = Math.ceil((height - top) / down);
    return columns > 0 && rows > 0 ? sum + (1 + bytesPerRow(header, columns)) * rows : sum;
  }, 0);
}
