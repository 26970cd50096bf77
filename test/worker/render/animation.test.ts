// Animations stay animations where they can, and are told as they were made.
import { expect } from "chai";
import sharp from "sharp";
import { develop, developOne } from "../../support/develop.ts";
import { gifOf } from "../../support/image-files/gif.ts";
import { distance, quarterColours } from "../../support/look-at.ts";
import { flatFrames, grain, quarters, YELLOW } from "../../support/pictures.ts";

const DELAYS = [120, 50, 200, 80, 1000];
/** What flatFrames paints. */
const colourOf = (frame: number) => [(frame * 67) % 256, (frame * 131 + 40) % 256, (frame * 29 + 90) % 256];

const frameOf = (image: Uint8Array, page: number) => sharp(image, { page }).png().toBuffer();

describe("render, of animations", () => {
  for (const format of ["gif", "webp"] as const) {
    it(`keeps the frames of a ${format}, their times and their loop in WebP`, async () => {
      const source = await flatFrames(80, 60, 5).toFormat(format, { delay: DELAYS, loop: 3 }).toBuffer();

      const { width, height, body } = await developOne(source, { width: 40, formats: ["webp"], quality: 95 });

      expect([width, height]).to.deep.equal([40, 30]);
      const { pages, delay, loop } = await sharp(body).metadata();
      expect({ pages, delay, loop }).to.deep.equal({ pages: 5, delay: DELAYS, loop: 3 });
      for (let frame = 0; frame < 5; frame += 1) {
        const [colour = []] = await quarterColours(await frameOf(body, frame));
        expect(distance(colour, colourOf(frame)), `frame ${frame}`).to.be.below(10);
      }
    });
  }

  it("shows the first frame in every other format, and on demand in WebP", async () => {
    const source = await flatFrames(80, 60, 5).gif().toBuffer();

    const { images } = await develop(
      source,
      { name: "moving", width: 40, formats: ["webp", "jpeg", "png", "avif"] },
      { name: "still", width: 40, formats: ["webp"], animated: false },
    );

    const pages = await Promise.all(
      images.map(async ({ body }) => (await sharp(body).metadata()).pages ?? 1),
    );
    expect(pages).to.deep.equal([5, 1, 1, 1, 1]);
    for (const { variant, format, width, height, body } of images) {
      expect([width, height], `${variant}.${format}`).to.deep.equal([40, 30]);
      const [colour = []] = await quarterColours(await frameOf(body, 0));
      expect(distance(colour, colourOf(0)), `${variant}.${format}`).to.be.below(10);
    }
  });

  it("does not let frames bleed into each other", async () => {
    const source = await flatFrames(80, 60, 4).gif().toBuffer();

    const { body } = await developOne(source, { width: 20, formats: ["webp"], quality: 100 });

    const second = await sharp(body, { page: 1 }).raw().toBuffer();
    const rows = [0, 7, 14].map((row) => [...second.subarray(row * 20 * 3, row * 20 * 3 + 3)]);
    for (const row of rows) expect(distance(row, rows[1]!)).to.be.below(3);
  });

  it("crops and pads every frame alike", async () => {
    const source = await flatFrames(80, 60, 3).gif().toBuffer();

    for (const fit of ["cover", "contain", "fill"] as const) {
      const { body } = await developOne(source, { width: 30, height: 30, fit, formats: ["webp"] });

      const { width, height, pages } = await sharp(body).metadata();
      expect({ width, height, pages }, fit).to.deep.equal({ width: 30, height: 30, pages: 3 });
    }
  });

  it("looks for what matters in the first frame, and stays there", async () => {
    // A spot of grain that wanders from left to right over grey.
    const spot = { input: await grain(40, 40).png().toBuffer(), top: 0 };
    const grey = { width: 120, height: 40, channels: 3, background: "#888888" } as const;
    const frames = await Promise.all(
      [0, 40, 80].map((left) =>
        sharp({ create: grey })
          .composite([{ ...spot, left }])
          .removeAlpha()
          .raw()
          .toBuffer(),
      ),
    );
    const raw = { width: 120, height: 120, channels: 3, pageHeight: 40 } as const;
    const source = await sharp(Buffer.concat(frames), { raw }).webp({ lossless: true }).toBuffer();

    for (const position of ["attention", "entropy"] as const) {
      const { body } = await developOne(source, {
        width: 40,
        height: 40,
        fit: "cover",
        position,
        formats: ["webp"],
      });

      const deviationOf = async (page: number) =>
        (await sharp(await frameOf(body, page)).stats()).channels[0]!.stdev;
      // The encoder makes one frame of two that look the same: grey and grey.
      expect((await sharp(body).metadata()).pages, position).to.equal(2);
      expect(await deviationOf(0), `the spot, by ${position}`).to.be.above(30);
      expect(await deviationOf(1), `the spot is gone, by ${position}`).to.be.below(5);
    }
  });

  it("stands every frame upright", async () => {
    const raw = { width: 80, height: 120, channels: 3, pageHeight: 60 } as const;
    const frame = await quarters(80, 60).raw().toBuffer();
    const other = await quarters(80, 60).negate().raw().toBuffer();
    const source = await sharp(Buffer.concat([frame, other]), { raw })
      .withMetadata({ orientation: 6 })
      .webp({ quality: 95 })
      .toBuffer();

    const { width, height, body } = await developOne(source, { width: 30, formats: ["webp"], quality: 95 });

    expect([width, height]).to.deep.equal([30, 40]);
    const upright = await sharp(source, { page: 0 }).autoOrient().png().toBuffer();
    const [expected, found] = await Promise.all([
      quarterColours(upright),
      quarterColours(await frameOf(body, 0)),
    ]);
    for (const quarter of [0, 1, 2, 3]) expect(distance(expected[quarter]!, found[quarter]!)).to.be.below(12);
    expect((await sharp(body).metadata()).pages).to.equal(2);
  });

  it("stands frames upright where their size stays as it is", async () => {
    const raw = { width: 80, height: 120, channels: 3, pageHeight: 60 } as const;
    const frame = await quarters(80, 60).raw().toBuffer();
    const other = await quarters(80, 60).negate().raw().toBuffer();
    const source = await sharp(Buffer.concat([frame, other]), { raw })
      .withMetadata({ orientation: 3 })
      .webp({ quality: 95 })
      .toBuffer();

    const { body } = await developOne(source, { width: 80, formats: ["webp"], quality: 95 });

    const [first] = await quarterColours(await frameOf(body, 0));
    expect(distance(first!, YELLOW)).to.be.below(12);
  });

  it("shortens a frame that would be shown for minutes", async () => {
    const source = gifOf({ width: 8, height: 8 }, [
      { width: 4, height: 4, delay: 65_535 },
      { width: 8, height: 8, delay: 7 },
    ]);

    const { body } = await developOne(source, { width: 8, formats: ["webp"], neverLarger: false });

    expect((await sharp(body).metadata()).delay?.[0]).to.equal(65_535);
  });

  it("keeps transparency", async () => {
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const data = await sharp({ create: { width: 20, height: 40, channels: 4, background: clear } })
      .composite([
        {
          input: { create: { width: 20, height: 20, channels: 4, background: "#ff0000" } },
          left: 0,
          top: 20,
        },
      ])
      .raw()
      .toBuffer();
    const raw = { width: 20, height: 40, channels: 4, pageHeight: 20 } as const;
    const source = await sharp(data, { raw }).gif().toBuffer();

    const { body } = await developOne(source, { width: 10, formats: ["webp"] });

    expect((await quarterColours(await frameOf(body, 0)))[0]![3]).to.equal(0);
    expect((await quarterColours(await frameOf(body, 1)))[0]![3]).to.equal(255);
  });
});
