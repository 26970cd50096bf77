// What colours look like, by the standards' own arithmetic: the reference for what decoders and colour engines make of them.
export type Rgb = readonly number[];

interface Space {
  /** To XYZ, whose white is D65. */
  matrix: readonly (readonly [number, number, number])[];
  /** From a share of the largest number to a share of the light. */
  light(share: number): number;
}

const srgbCurve = (share: number) => (share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);

const SPACES = {
  srgb: {
    matrix: [
      [0.4124, 0.3576, 0.1805],
      [0.2126, 0.7152, 0.0722],
      [0.0193, 0.1192, 0.9505],
    ],
    light: srgbCurve,
  },
  p3: {
    matrix: [
      [0.4865709, 0.2656677, 0.1982173],
      [0.2289746, 0.6917385, 0.0792869],
      [0, 0.0451134, 1.0439444],
    ],
    light: srgbCurve,
  },
  adobe: {
    matrix: [
      [0.5767309, 0.185554, 0.1881852],
      [0.2973769, 0.6273491, 0.0752741],
      [0.0270343, 0.0706872, 0.9911085],
    ],
    light: (share: number) => share ** (563 / 256),
  },
} satisfies Record<string, Space>;

export type SpaceName = keyof typeof SPACES;

/** CIE 1976: the distance in Lab. 2.3 is just noticeable. */
export function deltaE(one: Rgb, other: Rgb, oneIn: SpaceName = "srgb", otherIn: SpaceName = oneIn): number {
  const [a, b] = [toLab(one, oneIn), toLab(other, otherIn)];
  return Math.hypot(...a.map((value, index) => value - b[index]!));
}

function toLab(rgb: Rgb, space: SpaceName): number[] {
  const { matrix, light } = SPACES[space];
  const lights = rgb.slice(0, 3).map((value) => light(value / 255));
  const white = [0.9505, 1, 1.089];
  const [x = 0, y = 0, z = 0] = matrix
    .map((row, index) => row.reduce((sum, factor, at) => sum + factor * lights[at]!, 0) / white[index]!)
    .map((share) => (share > 216 / 24_389 ? Math.cbrt(share) : ((24_389 / 27) * share + 16) / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}
