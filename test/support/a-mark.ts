// Watermarks as files: a flat colour, of a shape and a transparency.
import { join } from "node:path";
import sharp from "sharp";
import { type TemporaryFolder, temporaryFolder } from "./temporary-folder.ts";

export const MARK = [250, 20, 240] as const;

export interface MarkShape {
  width: number;
  height: number;
  alpha?: number;
  colour?: readonly [number, number, number];
}

export function markPng({ width, height, alpha = 1, colour = MARK }: MarkShape): Promise<Buffer> {
  const [r, g, b] = colour;
  return sharp({ create: { width, height, channels: 4, background: { r, g, b, alpha } } })
    .png()
    .toBuffer();
}

export interface MarkFolder extends TemporaryFolder {
  /** Resolves to the file's path. */
  mark(name: string, shape: MarkShape): Promise<string>;
}

export function marksFolder(): MarkFolder {
  const folder = temporaryFolder();
  return {
    ...folder,
    async mark(name, shape) {
      folder.write(name, await markPng(shape));
      return join(folder.path, name);
    },
  };
}
