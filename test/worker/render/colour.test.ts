// Whatever a source is made of, a rendition shows its colours, in sRGB with 8 bits.
import { expect } from "chai";
import sharp from "sharp";
import { developOne } from "../../support/develop.ts";
import { chunk, palette, patternPng } from "../../support/image-files/png.ts";
import { distance, quarterColours } from "../../support/look-at.ts";
import { BLUE, flatFrames, GREEN, quarters, RED, YELLOW } from "../../support/pictures.ts";

/** No ink is as blue as a display; a picture whose inks were taken for lights, or inverted, is 180 and more away. */
const PRINT_TOLERANCE = 90;

const EXPECTED = [RED, GREEN, BLUE, YELLOW];

async function expectQuarters(source: Buffer, tolerance: number): Promise<void> {
  const { body } = await developOne(source, { width: 60 });
  const { space, depth, channels, hasProfile, icc } = await sharp(body).metadata();
  expect({ space, depth, channels, hasProfile, icc }).to.deep.equal({
    space: "srgb",
    depth: "uchar",
    channels: 3,
    hasProfile: false,
    icc: undefined,
  });
  for (const [index, colour] of (await quarterColours(body)).entries()) {
    expect(distance(colour, EXPECTED[index]!), `${colour} for ${EXPECTED[index]}`).to.be.below(tolerance);
  }
}

describe("render, its colours", () => {
  const picture = () => quarters(120, 80);

  it("keeps those of a 16-bit image", async () => {
    await expectQuarters(await picture().toColourspace("rgb16").png().toBuffer(), 3);
  });

  it("keeps those of a palette image, and of a GIF", async () => {
    await expectQuarters(await picture().png({ palette: true }).toBuffer(), 6);
    const { body } = await developOne(await picture().gif().toBuffer(), {
      width: 60,
      formats: ["jpeg"],
      quality: 95,
    });
    expect(distance((await quarterColours(body))[1]!, GREEN)).to.be.below(12);
  });

  it("turns CMYK into what it shows, with and without a profile", async () => {
    await expectQuarters(
      await picture().toColourspace("cmyk").withIccProfile("cmyk").jpeg({ quality: 95 }).toBuffer(),
      PRINT_TOLERANCE,
    );
    const bare = await picture().toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(bare).metadata()).space).to.equal("cmyk");
    await expectQuarters(bare, PRINT_TOLERANCE);
  });

  it("turns Display P3 into sRGB rather than only dropping the profile", async () => {
    const p3 = await picture().withIccProfile("p3").png().toBuffer();
    expect((await sharp(p3).metadata()).hasProfile).to.equal(true);

    await expectQuarters(p3, 4);
  });

  it("turns grey into three equal channels", async () => {
    for (const grey of [picture().toColourspace("b-w").jpeg(), picture().toColourspace("grey16").png()]) {
      const { body } = await developOne(await grey.toBuffer(), { width: 60 });

      const colours = await quarterColours(body);
      for (const [red, green, blue] of colours) expect([green, blue]).to.deep.equal([red, red]);
      expect(new Set(colours.map(String)).size).to.equal(4);
    }
  });

  it("reads every depth of a PNG, with transparency by colour too", async () => {
    const headers = [
      [{ depth: 1, colourType: 0 }, []],
      [{ depth: 2, colourType: 0 }, []],
      [{ depth: 16, colourType: 4 }, []],
      [{ depth: 16, colourType: 6 }, []],
      [{ depth: 1, colourType: 3 }, [palette(2), chunk("tRNS", Buffer.from([0, 255]))]],
      [{ depth: 8, colourType: 2 }, [chunk("tRNS", Buffer.from([0, 0, 0, 7, 0, 14]))]],
    ] as const;
    for (const [header, chunks] of headers) {
      const source = patternPng({ width: 64, height: 48, ...header }, ...chunks);

      const { body } = await developOne(source, { width: 32 });

      const { depth, space, hasAlpha } = await sharp(body).metadata();
      expect({ depth, space }, JSON.stringify(header)).to.deep.equal({ depth: "uchar", space: "srgb" });
      expect(hasAlpha).to.equal(chunks.length > 0 || header.colourType > 3);
    }
  });

  it("shows the background where a transparent image becomes a JPEG, and keeps alpha elsewhere", async () => {
    const half = await picture().ensureAlpha(0).png().toBuffer();

    const jpeg = await developOne(half, { width: 60, formats: ["jpeg"], background: "#ff8800", quality: 95 });
    expect(distance((await quarterColours(jpeg.body))[0]!, [0xff, 0x88, 0])).to.be.below(4);

    for (const format of ["png", "webp", "avif"] as const) {
      const { body } = await developOne(half, { width: 60, formats: [format], background: "#ff8800" });
      expect((await sharp(body).metadata()).hasAlpha, format).to.equal(true);
      const alphas = (await quarterColours(body)).map((colour) => colour[3]);
      expect(alphas, format).to.deep.equal([0, 0, 0, 0]);
    }
  });

  it("shows the first frame of an animation where it cannot move", async () => {
    const source = await flatFrames(40, 20, 5).gif().toBuffer();

    const { width, height, body } = await developOne(source, { width: 40, formats: ["png"] });

    expect([width, height]).to.deep.equal([40, 20]);
    expect(distance((await quarterColours(body))[3]!, [0, 40, 90])).to.be.below(6);
  });
});
