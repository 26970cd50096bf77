// Pictures to make real files from. Four flat quarters show at a glance, and to a test, how an image was turned.
import sharp, { type Sharp } from "sharp";
import { seeded } from "./seeded.ts";

export const RED = [220, 30, 40] as const;
export const GREEN = [30, 180, 60] as const;
export const BLUE = [40, 60, 210] as const;
export const YELLOW = [230, 210, 50] as const;

/** Red and green above blue and yellow. */
export function quarters(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const isLeft = column < width / 2;
      const colour = row < height / 2 ? (isLeft ? RED : GREEN) : isLeft ? BLUE : YELLOW;
      data.set(colour, (row * width + column) * 3);
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** What no encoder can make small. */
export function grain(width: number, height: number, seed = 1): Sharp {
  return sharp(seeded(seed).bytes(width * height * 3), { raw: { width, height, channels: 3 } });
}

/** Flat frames, each of its own colour, for an animation. */
export function flatFrames(width: number, height: number, frames: number): Sharp {
  const data = Buffer.alloc(width * height * frames * 3);
  for (let frame = 0; frame < frames; frame += 1) {
    const colour = [(frame * 67) % 256, (frame * 131 + 40) % 256, (frame * 29 + 90) % 256];
    for (let pixel = 0; pixel < width * height; pixel += 1) {
      data.set(colour, (frame * width * height + pixel) * 3);
    }
  }
  return sharp(data, { raw: { width, height: height * frames, channels: 3, pageHeight: height } });
}
