// How far a rendition's colours are from the picture that the source was made of, as eyes see it: ΔE (CIE 1976), of which
// 2.3 is just noticeable. The picture itself is the reference, so no decoder judges itself.
import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import { deltaE, type Rgb } from "../../support/colour-spaces.ts";
import { developOne } from "../../support/develop.ts";

interface Picture {
  pixels: Rgb[];
  image: Sharp;
}

/** Every mixture of red, green and blue between two levels; printers reach only the middle ones. */
function mixtures(width: number, height: number, low = 0, high = 255): Picture {
  const level = (share: number) => Math.round(low + share * (high - low));
  const pixels = Array.from({ length: width * height }, (_, index) => {
    const [x, y] = [
      (index % width) / Math.max(1, width - 1),
      Math.floor(index / width) / Math.max(1, height - 1),
    ];
    return [level(x), level(y), level((x + 1 - y) / 2)];
  });
  const raw = { width, height, channels: 3 } as const;
  return { pixels, image: sharp(Buffer.from(pixels.flat()), { raw }) };
}

/** Mean and largest ΔE over all pixels of a rendition of the source's own size. */
async function errorsOf({ pixels }: Picture, source: Buffer): Promise<{ mean: number; worst: number }> {
  const { body } = await developOne(source, { width: 10_000, formats: ["png"], neverLarger: false });
  const { data, info } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect(info.width * info.height).to.equal(pixels.length);
  const errors = pixels.map((pixel, index) => deltaE(pixel, [...data.subarray(index * 3, index * 3 + 3)]));
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
  return { mean, worst: Math.max(...errors) };
}

const all = mixtures(64, 64);
const printable = mixtures(64, 64, 130, 170);
const few = mixtures(12, 12);
const jpeg = { quality: 100, chromaSubsampling: "4:4:4" };

const SOURCES: Record<
  string,
  [picture: Picture, source: () => Promise<Buffer>, mean: number, worst: number]
> = {
  "an 8-bit PNG": [all, () => all.image.clone().png().toBuffer(), 0, 0],
  "a 16-bit PNG": [all, () => all.image.clone().toColourspace("rgb16").png().toBuffer(), 0.2, 1],
  "Display P3 in 8 bits": [all, () => all.image.clone().withIccProfile("p3").png().toBuffer(), 0.6, 2.3],
  "Display P3 in 16 bits": [
    all,
    () => all.image.clone().toColourspace("rgb16").withIccProfile("p3").png().toBuffer(),
    0.6,
    2.3,
  ],
  "sRGB with a profile in 16 bits": [
    all,
    () => all.image.clone().toColourspace("rgb16").withIccProfile("srgb").png().toBuffer(),
    0.6,
    2.3,
  ],
  "Display P3 in AVIF of 10 bits": [
    all,
    () => all.image.clone().withIccProfile("p3").avif({ bitdepth: 10, quality: 100, effort: 0 }).toBuffer(),
    0.6,
    2.3,
  ],
  "a palette with transparency": [
    few,
    () => few.image.clone().ensureAlpha(0.5).png({ palette: true, dither: 0, effort: 10 }).toBuffer(),
    0,
    0,
  ],
  "a baseline JPEG": [all, () => all.image.clone().jpeg(jpeg).toBuffer(), 1, 4],
  "a progressive JPEG": [
    all,
    () =>
      all.image
        .clone()
        .jpeg({ ...jpeg, progressive: true })
        .toBuffer(),
    1,
    4,
  ],
  "CMYK with a profile": [
    printable,
    () => printable.image.clone().toColourspace("cmyk").withIccProfile("cmyk").jpeg(jpeg).toBuffer(),
    4,
    10,
  ],
  "CMYK without a profile": [
    printable,
    () => printable.image.clone().toColourspace("cmyk").jpeg(jpeg).toBuffer(),
    4,
    10,
  ],
  "a lossless WebP": [all, () => all.image.clone().webp({ lossless: true }).toBuffer(), 0, 0],
  "a lossless AVIF": [all, () => all.image.clone().avif({ lossless: true, effort: 0 }).toBuffer(), 0.5, 2.3],
};

describe("render, how near its colours are", () => {
  for (const [name, [picture, source, mean, worst]] of Object.entries(SOURCES)) {
    it(`to those of ${name}: ΔE ${mean} in the mean, ${worst} at worst`, async () => {
      const errors = await errorsOf(picture, await source());

      expect(errors.mean).to.be.at.most(mean);
      expect(errors.worst).to.be.at.most(worst);
    });
  }

  it("to those of one pixel, and of a line of 10,000", async () => {
    for (const [width, height] of [
      [1, 1],
      [1, 10_000],
      [10_000, 1],
    ] as const) {
      const picture = mixtures(width, height);
      const errors = await errorsOf(picture, await picture.image.png().toBuffer());

      expect(errors, `${width} × ${height}`).to.deep.equal({ mean: 0, worst: 0 });
    }
  });
});
