// `gamut: p3`: what a source shows beyond sRGB stays visible, and what is sRGB stays as it was.
import { expect } from "chai";
import sharp from "sharp";
import { RENDITION_FORMATS } from "../../../settings/variant.ts";
import { isWiderThanSrgb } from "../../../worker/render/gamut.ts";
import { deltaE, type Rgb, type SpaceName } from "../../support/colour-spaces.ts";
import { develop, developOne } from "../../support/develop.ts";
import { ADOBE_RGB, DISPLAY_P3, displayProfile, pngWithProfile } from "../../support/image-files/icc.ts";
import { distance } from "../../support/look-at.ts";
import { mutated } from "../../support/mutate.ts";
import { grain, quarters } from "../../support/pictures.ts";
import { seeded } from "../../support/seeded.ts";

const P3 = displayProfile(DISPLAY_P3);
const SIDE = 48;
const raw = { width: SIDE, height: SIDE, channels: 3 } as const;

/** Every mixture of red, green and blue between two levels. */
function mixtures(low: number, high: number): Rgb[] {
  const level = (share: number) => Math.round(low + share * (high - low));
  return Array.from({ length: SIDE * SIDE }, (_, index) => {
    const [x, y] = [(index % SIDE) / (SIDE - 1), Math.floor(index / SIDE) / (SIDE - 1)];
    return [level(x), level(y), level((x + 1 - y) / 2)];
  });
}

const all = mixtures(0, 255);
const plain = () => sharp(Buffer.from(all.flat()), { raw });
/** sharp's own profile of Display P3, with the numbers as they are. */
const inP3 = async () => {
  const { icc = Buffer.alloc(0) } = await sharp(
    await plain().withIccProfile("p3").png().toBuffer(),
  ).metadata();
  return pngWithProfile(await plain().png().toBuffer(), icc);
};

async function errorsOf(body: Uint8Array, pixels: readonly Rgb[], space: SpaceName, shown: SpaceName) {
  const data = await sharp(body, { ignoreIcc: true }).removeAlpha().raw().toBuffer();
  const errors = pixels.map((pixel, at) =>
    deltaE(pixel, [...data.subarray(at * 3, at * 3 + 3)], space, shown),
  );
  return { mean: errors.reduce((sum, error) => sum + error, 0) / errors.length, worst: Math.max(...errors) };
}

const whole = { width: 1000, neverLarger: false, quality: 95 };

describe("render, in Display P3", () => {
  for (const format of RENDITION_FORMATS) {
    it(`says so in ${format}, in 480 bytes, and in no other way`, async () => {
      const wide = await developOne(await inP3(), { ...whole, formats: [format], gamut: "p3" });
      const narrow = await developOne(await inP3(), { ...whole, formats: [format] });

      const { icc, exif, xmp, depth, space } = await sharp(wide.body).metadata();
      expect({ exif, xmp, depth, space }).to.deep.equal({
        exif: undefined,
        xmp: undefined,
        depth: "uchar",
        space: "srgb",
      });
      expect(icc).to.have.lengthOf(480);
      expect(isWiderThanSrgb(icc!)).to.equal(true);
      expect((await sharp(narrow.body).metadata()).icc).to.equal(undefined);
      const { mean } = await errorsOf(wide.body, all, "p3", "p3");
      expect(mean).to.be.below(format === "png" ? 0.001 : 3);
      expect(wide.body.length - narrow.body.length, "bytes more").to.be.below(700 + narrow.body.length * 0.4);
    });
  }

  it("loses without it what with it stays", async () => {
    const green = [[0, 255, 0]];
    const flat = await sharp({ create: { width: 1, height: 1, channels: 3, background: "#00ff00" } })
      .png()
      .toBuffer();
    const source = pngWithProfile(flat, P3);

    const narrow = await developOne(source, { width: 1 });
    const wide = await developOne(source, { width: 1, gamut: "p3" });

    expect((await errorsOf(narrow.body, green, "p3", "srgb")).mean).to.be.above(20);
    expect((await errorsOf(wide.body, green, "p3", "p3")).mean).to.be.below(0.6);
  });

  it("is what Adobe RGB becomes, by the standards' own arithmetic", async () => {
    const middle = mixtures(90, 170);
    const png = await sharp(Buffer.from(middle.flat()), { raw }).png().toBuffer();

    const { body } = await developOne(pngWithProfile(png, displayProfile(ADOBE_RGB)), {
      ...whole,
      gamut: "p3",
    });

    const { mean, worst } = await errorsOf(body, middle, "adobe", "p3");
    expect(mean).to.be.below(0.6);
    expect(worst).to.be.below(2.3);
  });

  it("is what 16 and 10 bits become too, transparent or not", async () => {
    const deep = plain().toColourspace("rgb16").withIccProfile("p3");
    const sources = {
      png: await deep.clone().png().toBuffer(),
      "png with alpha": await deep.clone().ensureAlpha(0.5).png().toBuffer(),
      avif: await plain()
        .withIccProfile("p3")
        .avif({ bitdepth: 10, quality: 100, effort: 0, chromaSubsampling: "4:4:4" })
        .toBuffer(),
    };
    for (const [name, source] of Object.entries(sources)) {
      const { body } = await developOne(source, { ...whole, gamut: "p3" });

      // What was sRGB is the same colour, in other numbers.
      const { mean, worst } = await errorsOf(body, all, "srgb", "p3");
      expect(mean, name).to.be.below(0.6);
      expect(worst, name).to.be.below(2.3);
      expect((await sharp(body).metadata()).hasAlpha, name).to.equal(name.includes("alpha"));
    }
  });

  it("leaves what is sRGB to the byte, with no profile", async () => {
    const picture = () => quarters(60, 40);
    const sources = {
      plain: picture().jpeg(),
      tagged: picture().withIccProfile("srgb").png(),
      deep: picture().toColourspace("rgb16").withIccProfile("srgb").png(),
      grey: picture().toColourspace("b-w").png(),
      cmyk: picture().toColourspace("cmyk").withIccProfile("cmyk").jpeg(),
      "cmyk without a profile": picture().toColourspace("cmyk").jpeg(),
    };
    for (const [name, image] of Object.entries(sources)) {
      const source = await image.toBuffer();
      const [wide, narrow] = await Promise.all([
        developOne(source, { width: 30, formats: ["webp"], gamut: "p3" }),
        developOne(source, { width: 30, formats: ["webp"] }),
      ]);

      expect(Buffer.compare(wide.body, narrow.body), name).to.equal(0);
      expect((await sharp(wide.body).metadata()).icc, name).to.equal(undefined);
    }
  });

  it("stands beside sRGB without touching it", async () => {
    const source = await inP3();
    const small = { name: "small", width: 24, formats: ["webp" as const] };

    const { images } = await develop(source, small, { ...small, name: "wide", width: 48, gamut: "p3" });
    const alone = await develop(source, small);

    expect(Buffer.compare(images[0]!.body, alone.images[0]!.body)).to.equal(0);
    const profiles = await Promise.all(images.map(async ({ body }) => (await sharp(body).metadata()).icc));
    expect(profiles.map((icc) => icc?.length)).to.deep.equal([undefined, 480]);
  });

  it("has placeholder and dominant colour in sRGB, which is all that those who show them know", async () => {
    const flat = sharp({ create: { width: 20, height: 20, channels: 3, background: "#c86432" } });
    const source = pngWithProfile(await flat.png().toBuffer(), P3);

    const wide = await develop(source, { name: "a", width: 20, gamut: "p3" });
    const narrow = await develop(source, { name: "a", width: 20 });

    const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    expect(distance(rgb(narrow.dominantColour), [0xc8, 0x64, 0x32])).to.be.above(10);
    expect(distance(rgb(wide.dominantColour), rgb(narrow.dominantColour))).to.be.below(3);
    expect(wide.placeholder).to.equal(narrow.placeholder);
  });

  it("shows the background that was asked for, which is said in sRGB", async () => {
    const source = pngWithProfile(await quarters(40, 20).ensureAlpha(0).png().toBuffer(), P3);
    const background = "#e02020";
    for (const variant of [
      { width: 40, formats: ["jpeg" as const], quality: 100, background },
      { width: 40, height: 40, fit: "contain" as const, formats: ["png" as const], background },
    ]) {
      const { body } = await developOne(source, { ...variant, gamut: "p3" });

      const [red = 0, green = 0, blue = 0] = await sharp(body, { ignoreIcc: true }).raw().toBuffer();
      expect(deltaE([0xe0, 0x20, 0x20], [red, green, blue], "srgb", "p3")).to.be.below(2.3);
    }
  });

  it("keeps an animation moving, in the colours it had, with its profile", async () => {
    const red: Rgb = [255, 0, 0];
    const frames = [Buffer.from(Array.from({ length: 40 * 30 }, () => red).flat())];
    frames.push(await grain(40, 30).raw().toBuffer());
    const tall = { width: 40, height: 60, channels: 3, pageHeight: 30 } as const;
    const source = await sharp(Buffer.concat(frames), { raw: tall })
      .withIccProfile("p3")
      .webp({ quality: 95, delay: [70, 90] })
      .toBuffer();

    const { body } = await developOne(source, { width: 20, formats: ["webp"], quality: 95, gamut: "p3" });

    const { pages, delay, icc } = await sharp(body).metadata();
    expect({ pages, delay, profile: icc?.length }).to.deep.equal({ pages: 2, delay: [70, 90], profile: 480 });
    // sRGB's red, in the numbers of Display P3: had it been decoded to sRGB, it would be another red.
    expect((await errorsOf(body, [red], "srgb", "p3")).mean).to.be.below(2.3);
  });

  it("keeps a palette PNG small, and exactly as it looks", async () => {
    const palette = { palette: true, colours: 16, compressionLevel: 9, effort: 10 };
    const few = await sharp(await grain(64, 64).png().toBuffer())
      .png(palette)
      .toBuffer();
    const source = pngWithProfile(few, P3);

    const free = await developOne(source, { width: 64, neverLarger: false, gamut: "p3" });
    const held = await developOne(source, { width: 64, gamut: "p3" });

    expect(held.body.length).to.be.below(free.body.length * 0.7);
    expect(held.body[25], "a palette's colour type").to.equal(3);
    const numbers = (png: Uint8Array) => sharp(png, { ignoreIcc: true }).removeAlpha().raw().toBuffer();
    expect((await numbers(held.body)).equals(await numbers(free.body))).to.equal(true);
    expect((await sharp(held.body).metadata()).icc).to.have.lengthOf(480);
  });

  it("keeps what a metadata policy keeps beside the profile", async () => {
    const source = await quarters(60, 40)
      .withIccProfile("p3")
      .withExif({ IFD0: { Copyright: "Ada" }, IFD3: { GPSLatitudeRef: "N" } })
      .jpeg()
      .toBuffer();

    for (const format of RENDITION_FORMATS) {
      const { body } = await developOne(source, {
        width: 30,
        formats: [format],
        metadata: "copyright",
        gamut: "p3",
      });
      const { icc, exif } = await sharp(body).metadata();
      expect([icc?.length, exif?.includes("Ada")], format).to.deep.equal([480, true]);
    }
  });

  it("is nothing for a profile that is damaged: there is a rendition all the same", async () => {
    const png = await quarters(16, 16).png().toBuffer();
    const random = seeded(11);
    for (let round = 0; round < 300; round += 1) {
      const profile = mutated(P3, random);
      isWiderThanSrgb(profile);
      if (round % 10 > 0) continue;
      const { body } = await developOne(pngWithProfile(png, profile), { width: 8, gamut: "p3" });
      expect((await sharp(body).metadata()).width).to.equal(8);
    }
    for (let length = 0; length < P3.length; length += 1) isWiderThanSrgb(P3.subarray(0, length));
  });
});

describe("isWiderThanSrgb", () => {
  const srgb = {
    red: [0.43607, 0.22249, 0.01392],
    green: [0.38515, 0.71687, 0.09708],
    blue: [0.14307, 0.06061, 0.7141],
  } as const;

  it("knows wide displays from those of sRGB, however rounded", async () => {
    expect(isWiderThanSrgb(P3)).to.equal(true);
    expect(isWiderThanSrgb(displayProfile(ADOBE_RGB))).to.equal(true);
    expect(isWiderThanSrgb(displayProfile(srgb))).to.equal(false);
    expect(isWiderThanSrgb(displayProfile({ ...srgb, red: [0.4361, 0.2225, 0.0139] }))).to.equal(false);
    for (const [name, isWide] of [
      ["srgb", false],
      ["p3", true],
      ["cmyk", false],
    ] as const) {
      const image = quarters(8, 8).withIccProfile(name);
      const file = await (name === "cmyk" ? image.toColourspace("cmyk").jpeg() : image.png()).toBuffer();
      expect(isWiderThanSrgb((await sharp(file).metadata()).icc!), name).to.equal(isWide);
    }
  });
});
