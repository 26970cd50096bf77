// A rendition in the source's own format has no more bytes than the source.
import { expect } from "chai";
import sharp from "sharp";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { develop, developOne } from "../../support/develop.ts";
import { limitsOf } from "../../support/limits.ts";
import { flatFrames, grain } from "../../support/pictures.ts";

/** Compressed harder than our defaults would. */
const HARD: Record<string, () => Promise<Buffer>> = {
  jpeg: async () =>
    sharp(await grain(300, 200).png().toBuffer())
      .jpeg({ quality: 45 })
      .toBuffer(),
  webp: async () =>
    sharp(await grain(300, 200).png().toBuffer())
      .webp({ quality: 40, effort: 6 })
      .toBuffer(),
  avif: async () =>
    sharp(await grain(300, 200).png().toBuffer())
      .avif({ quality: 35, effort: 2 })
      .toBuffer(),
};

describe("render, with neverLarger", () => {
  for (const [format, make] of Object.entries(HARD)) {
    it(`lowers the quality of a ${format} until it fits, and no further than it must`, async () => {
      const source = await make();
      const variant = { width: 300, formats: [format as "jpeg"] };

      const free = await developOne(source, { ...variant, neverLarger: false });
      expect(free.body.length, "or this test is about nothing").to.be.above(source.length);
      const held = await developOne(source, variant);

      expect(held.body.length).to.be.at.most(source.length);
      expect(held.body.length).to.be.above(source.length * 0.94);
      expect([held.width, held.height]).to.deep.equal([300, 200]);
    });
  }

  it("holds for fewer pixels too, and only in the source's own format", async () => {
    const source = await sharp(await grain(300, 200).png().toBuffer())
      .jpeg({ quality: 5 })
      .toBuffer();

    const { images } = await develop(source, { name: "one", width: 290, formats: ["jpeg", "webp", "png"] });

    const bytes = Object.fromEntries(images.map(({ format, body }) => [format, body.length]));
    const webp = await developOne(source, { width: 290, formats: ["webp"], neverLarger: false });
    expect(bytes.webp).to.equal(webp.body.length).and.above(source.length);
    expect(bytes.png).to.be.above(source.length);
    // Quality 5 is beyond what we would do to a picture: as near as 20 comes.
    const free = await developOne(source, { width: 290, formats: ["jpeg"], quality: 20, neverLarger: false });
    expect(bytes.jpeg).to.equal(free.body.length);
  });

  it("leaves an enlarged rendition its quality", async () => {
    const source = await HARD.jpeg!();
    const enlarged = { width: 310, withoutEnlargement: false, formats: ["jpeg" as const] };

    const held = await developOne(source, enlarged);
    const free = await developOne(source, { ...enlarged, neverLarger: false });

    expect(Buffer.compare(held.body, free.body)).to.equal(0);
  });

  it("keeps a palette PNG small, and exactly as it looks", async () => {
    const source = await sharp(await grain(64, 64).png().toBuffer())
      .png({ palette: true, colours: 16, compressionLevel: 9, effort: 10 })
      .toBuffer();

    const free = await developOne(source, { width: 64, neverLarger: false });
    const held = await developOne(source, { width: 64 });

    expect(free.body.length).to.be.above(source.length);
    expect(held.body.length).to.be.at.most(source.length);
    const pixels = (png: Uint8Array) => sharp(png).toColourspace("srgb").raw().toBuffer();
    expect((await pixels(held.body)).equals(await pixels(source))).to.equal(true);
  });

  it("holds for an animation", async () => {
    const raw = { width: 60, height: 180, channels: 3, pageHeight: 60 } as const;
    const source = await sharp(await grain(60, 180).raw().toBuffer(), { raw })
      .webp({ quality: 30, effort: 6 })
      .toBuffer();
    expect(inspect(source, limitsOf()).frames).to.equal(3);

    const free = await developOne(source, { width: 60, formats: ["webp"], neverLarger: false });
    const held = await developOne(source, { width: 60, formats: ["webp"] });

    expect(free.body.length).to.be.above(source.length);
    expect(held.body.length).to.be.at.most(source.length);
    expect((await sharp(held.body).metadata()).pages).to.equal(3);
  });

  it("does not touch what is small enough", async () => {
    const source = await flatFrames(60, 40, 1).jpeg({ quality: 100 }).toBuffer();
    const variant = { width: 60, formats: ["jpeg" as const] };

    const held = await developOne(source, variant);
    const free = await developOne(source, { ...variant, neverLarger: false });

    expect(Buffer.compare(held.body, free.body)).to.equal(0);
  });
});
