// What is in a picture, as numbers: mean colours of its parts.
import sharp from "sharp";
import type { Rgb } from "./colour-spaces.ts";

/** The mean colours of the four quarters, left to right and top to bottom; their shared edges are left out. */
export async function quarterColours(image: Uint8Array): Promise<Rgb[]> {
  const { data, info } = await sharp(image).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  const mean = (left: number, top: number) => {
    const sums = Array.from({ length: channels }, () => 0);
    let pixels = 0;
    for (let row = Math.ceil(height * (top + 0.05)); row < Math.floor(height * (top + 0.45)); row += 1) {
      for (
        let column = Math.ceil(width * (left + 0.05));
        column < Math.floor(width * (left + 0.45));
        column += 1
      ) {
        pixels += 1;
        for (let channel = 0; channel < channels; channel += 1) {
          sums[channel]! += data[(row * width + column) * channels + channel]!;
        }
      }
    }
    return sums.map((sum) => Math.round(sum / pixels));
  };
  return [mean(0, 0), mean(0.5, 0), mean(0, 0.5), mean(0.5, 0.5)];
}

export function distance(one: Rgb, other: Rgb): number {
  return Math.max(...one.slice(0, 3).map((channel, index) => Math.abs(channel - other[index]!)));
}
