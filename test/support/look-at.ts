// What is in a picture, as numbers: mean colours of its parts.
import sharp from "sharp";

export type Rgb = readonly number[];

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

/** CIE 1976, of colours in sRGB: the distance in Lab. */
export function deltaE(one: Rgb, other: Rgb): number {
  const [a, b] = [toLab(one), toLab(other)];
  return Math.hypot(...a.map((value, index) => value - b[index]!));
}

function toLab(rgb: Rgb): number[] {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  // To XYZ, as shares of the white point (D65).
  const [x, y, z] = [
    (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
    0.2126 * red + 0.7152 * green + 0.0722 * blue,
    (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
  ].map((share) => (share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116)) as [
    number,
    number,
    number,
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
