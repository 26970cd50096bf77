// Random pictures as files of every odd kind, each with what must be seen of it: told by whoever made the file, not by a decoder.
import sharp, { type Sharp } from "sharp";
import type { Rgb, SpaceName } from "../../support/colour-spaces.ts";
import { arithmeticJpeg, BLOCK_SIDE, type BlockColour } from "../../support/image-files/arithmetic.ts";
import { DISPLAY_P3, displayProfile, pngWithProfile } from "../../support/image-files/icc.ts";
import type { Seeded } from "../../support/seeded.ts";

export interface Sample {
  source: Buffer;
  width: number;
  height: number;
  /** Of every frame, the mean colours of its four quarters, left to right and top to bottom. */
  frames: Rgb[][];
  space?: SpaceName;
  delays?: number[];
  alpha?: number;
}

interface Picture {
  width: number;
  height: number;
  colours: Rgb[];
  image(): Sharp;
}

/** Where each quarter of the upright picture is in what is stored, by EXIF orientation. */
const SEEN = [
  [0, 1, 2, 3],
  [1, 0, 3, 2],
  [3, 2, 1, 0],
  [2, 3, 0, 1],
  [0, 2, 1, 3],
  [2, 0, 3, 1],
  [3, 1, 2, 0],
  [1, 3, 0, 2],
];

const P3 = displayProfile(DISPLAY_P3, 2.2);

const colour = (random: Seeded, low = 0, high = 255): Rgb =>
  Array.from({ length: 3 }, () => low + random.below(high - low + 1));

function quartersOf(width: number, height: number, colours: readonly Rgb[]): Buffer {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at += 1) {
    const right = Number(at % width >= width / 2);
    const bottom = Number(Math.floor(at / width) >= height / 2);
    data.set(colours[2 * bottom + right]!, at * 3);
  }
  return data;
}

/** Four flat quarters, of sides that have a middle. */
function picture(random: Seeded, low = 0, high = 255): Picture {
  const [width, height] = [16 + 16 * random.below(5), 16 + 16 * random.below(5)];
  const colours = [0, 1, 2, 3].map(() => colour(random, low, high));
  const data = quartersOf(width, height, colours);
  return { width, height, colours, image: () => sharp(data, { raw: { width, height, channels: 3 } }) };
}

const sampleOf = ({ width, height, colours }: Picture, source: Buffer): Sample => ({
  source,
  width,
  height,
  frames: [colours],
});

async function turned(random: Seeded): Promise<Sample> {
  const stored = picture(random);
  const orientation = 1 + random.below(8);
  const format = random.pick(["jpeg", "png", "webp", "avif"] as const);
  const options = format === "png" ? {} : { quality: 100, chromaSubsampling: "4:4:4" };
  const source = await stored.image().withMetadata({ orientation }).toFormat(format, options).toBuffer();
  const { width, height } = stored;
  const colours = SEEN[orientation - 1]!.map((quarter) => stored.colours[quarter]!);
  const upright = orientation < 5 ? { width, height } : { width: height, height: width };
  return { source, ...upright, frames: [colours] };
}

/** Of the colours that inks reach. */
async function printed(random: Seeded, hasProfile: boolean): Promise<Sample> {
  const made = picture(random, 130, 170);
  const inks = made.image().toColourspace("cmyk");
  const file = hasProfile ? inks.withIccProfile("cmyk") : inks;
  return sampleOf(made, await file.jpeg({ quality: 100, chromaSubsampling: "4:4:4" }).toBuffer());
}

/** Its numbers are those of Display P3, near enough to grey for sRGB to show them. */
async function wide(random: Seeded): Promise<Sample> {
  const made = picture(random, 100, 160);
  const source = pngWithProfile(await made.image().png().toBuffer(), P3);
  return { ...sampleOf(made, source), space: "p3" };
}

async function clear(random: Seeded): Promise<Sample> {
  const made = picture(random);
  const alpha = 1 + random.below(254);
  const palette = { palette: true, dither: 0, effort: 10 };
  const source = await made
    .image()
    .ensureAlpha(alpha / 255)
    .png(palette)
    .toBuffer();
  return { ...sampleOf(made, source), alpha };
}

async function moving(random: Seeded): Promise<Sample> {
  const { width, height } = picture(random);
  const frames = Array.from({ length: 2 + random.below(6) }, () => [0, 1, 2, 3].map(() => colour(random)));
  const data = Buffer.concat(frames.map((colours) => quartersOf(width, height, colours)));
  const raw = { width, height: height * frames.length, channels: 3, pageHeight: height } as const;
  const delays = frames.map(() => 10 * (2 + random.below(200)));
  const film = sharp(data, { raw });
  const isGif = random.below(2) === 0;
  const file = isGif ? film.gif({ delay: delays, dither: 0 }) : film.webp({ delay: delays, lossless: true });
  return { source: await file.toBuffer(), width, height, frames, delays };
}

async function strip(random: Seeded, width: number, height: number): Promise<Sample> {
  const only = colour(random);
  const data = quartersOf(width, height, [only, only, only, only]);
  const image = sharp(data, { raw: { width, height, channels: 3 } });
  const source = await image.toFormat(random.pick(["png", "webp"]), { lossless: true }).toBuffer();
  return { source, width, height, frames: [[only, only, only, only]] };
}

function arithmetic(random: Seeded): Sample {
  const [columns, rows] = [2 + 2 * random.below(4), 2 + 2 * random.below(4)];
  // Near to grey: of what is out of range as RGB, the mean would be another.
  const four: BlockColour[] = [0, 1, 2, 3].map(() => [
    60 + random.below(130),
    108 + random.below(40),
    108 + random.below(40),
  ]);
  const blocks = Array.from({ length: columns * rows }, (_, at) => {
    const right = Number(at % columns >= columns / 2);
    return four[2 * Number(Math.floor(at / columns) >= rows / 2) + right]!;
  });
  const [width, height] = [columns * BLOCK_SIDE, rows * BLOCK_SIDE];
  return { source: arithmeticJpeg(columns, rows, blocks), width, height, frames: [four.map(rgbOf)] };
}

/** As JFIF says. */
function rgbOf([y, cb, cr]: BlockColour): Rgb {
  return [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];
}

/** What each kind may differ by, as ΔE: inks by what profiles of inks do, lossy formats by what they lose. */
export const KINDS: Record<string, [tolerance: number, make: (random: Seeded) => Promise<Sample> | Sample]> =
  {
    "turned and mirrored": [3, turned],
    "CMYK with a profile": [10, (random) => printed(random, true)],
    "CMYK without a profile": [10, (random) => printed(random, false)],
    "Display P3": [2, wide],
    "16 bits": [
      0.5,
      async (random) => {
        const made = picture(random);
        return sampleOf(made, await made.image().toColourspace("rgb16").png().toBuffer());
      },
    ],
    "a palette with transparency": [0.5, clear],
    "animated with mixed delays": [6, moving],
    "1 × 1": [0.5, (random) => strip(random, 1, 1)],
    "1 × 10,000": [0.5, (random) => strip(random, 1, 10_000)],
    "10,000 × 1": [0.5, (random) => strip(random, 10_000, 1)],
    "progressive JPEG": [
      3,
      async (random) => {
        const made = picture(random);
        const options = { quality: 100, chromaSubsampling: "4:4:4", progressive: true };
        return sampleOf(made, await made.image().jpeg(options).toBuffer());
      },
    ],
    "arithmetic-coded JPEG": [1.5, arithmetic],
  };
