// Many of each odd kind of picture (fifty with `npm run sampled`): its size, which way up it is, its colours as eyes see them, its frames and their times.
import { expect } from "chai";
import sharp from "sharp";
import { deltaE, type Rgb } from "../../support/colour-spaces.ts";
import { develop } from "../../support/develop.ts";
import { quarterColours } from "../../support/look-at.ts";
import { seeded } from "../../support/seeded.ts";
import { KINDS, type Sample } from "./sampled-pictures.ts";

const SEED = Number(process.env.SEED ?? 20_261_124);
const SAMPLES = Number(process.env.SAMPLES ?? 8);

/** Of a picture with no quarters, its only pixel or the mean of its row or column. */
async function coloursIn(image: Buffer): Promise<Rgb[]> {
  const { width = 0, height = 0 } = await sharp(image).metadata();
  if (width > 1 && height > 1) return quarterColours(image);
  const { channels } = await sharp(image).stats();
  const mean = channels.map((channel) => channel.mean);
  return [mean, mean, mean, mean];
}

/** As it stands in a lossless rendition, and in WebP where it moves. */
async function expectSeen(
  { source, width, height, frames, space = "srgb", delays, alpha }: Sample,
  tolerance: number,
) {
  const variant = { name: "whole", width: 10_000, neverLarger: false };
  const { images } = await develop(source, { ...variant, formats: ["png", "webp"], quality: 100 });
  const still = images.find(({ format }) => format === "png");
  const moving = images.find(({ format }) => format === "webp");
  for (const image of images) expect([image.width, image.height]).to.deep.equal([width, height]);

  const shown = delays ? frames.map((_, page) => sharp(moving?.body, { page })) : [sharp(still?.body)];
  for (const [index, frame] of shown.entries()) {
    const colours = await coloursIn(await frame.png().toBuffer());
    for (const [quarter, colour] of colours.entries()) {
      const wanted = frames[index]![quarter]!;
      const where = `frame ${index}, quarter ${quarter}: ${colour} for ${wanted}`;
      expect(deltaE(wanted, colour, space, "srgb"), where).to.be.below(tolerance);
      if (alpha !== undefined) expect(colour[3], where).to.be.closeTo(alpha, 1);
    }
  }
  const { pages = 1, delay } = await sharp(moving?.body).metadata();
  expect(pages).to.equal(frames.length);
  expect(delay).to.deep.equal(delays);
  const { orientation, icc } = await sharp(still?.body).metadata();
  expect([orientation, icc]).to.deep.equal([undefined, undefined]);
}

describe(`render, of ${SAMPLES} pictures of each kind (seed ${SEED})`, () => {
  for (const [kind, [tolerance, make]] of Object.entries(KINDS)) {
    it(`shows them as they were made: ${kind}`, async () => {
      const random = seeded(SEED);
      for (let number = 0; number < SAMPLES; number += 1) {
        const sample = await make(random);
        await expectSeen(sample, tolerance).catch((error: Error) => {
          error.message = `${kind}, number ${number}: ${error.message}`;
          throw error;
        });
      }
    }).timeout(10_000 + 2000 * SAMPLES);
  }
});
