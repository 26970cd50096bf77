import { expect } from "chai";
import sharp from "sharp";
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from "thumbhash";
import { develop } from "../../support/develop.ts";
import { distance } from "../../support/look-at.ts";
import { quarters } from "../../support/pictures.ts";

const flat = (background: string) =>
  sharp({ create: { width: 300, height: 200, channels: 3, background } })
    .png()
    .toBuffer();

describe("render, its placeholder", () => {
  it("is a thumbhash of the shape and the mean colour", async () => {
    const { placeholder } = await develop(await flat("#336699"), { name: "small", width: 120 });

    const bytes = Buffer.from(placeholder, "base64");
    const { r, g, b, a } = thumbHashToAverageRGBA(bytes);
    expect(distance([r * 255, g * 255, b * 255], [0x33, 0x66, 0x99])).to.be.below(8);
    expect(a).to.equal(1);
    expect(thumbHashToApproximateAspectRatio(bytes)).to.be.closeTo(1.5, 0.2);
  });

  it("knows transparency", async () => {
    const clear = await sharp({
      create: { width: 60, height: 60, channels: 4, background: { r: 9, g: 9, b: 9, alpha: 0.5 } },
    })
      .png()
      .toBuffer();

    const { placeholder } = await develop(clear, { name: "small", width: 30 });

    expect(thumbHashToAverageRGBA(Buffer.from(placeholder, "base64")).a).to.be.closeTo(0.5, 0.1);
  });

  it("comes with the mean as a colour, transparent parts counted as white", async () => {
    const opaque = await develop(await flat("#336699"), { name: "small", width: 120 });
    expect(opaque.dominantColour).to.equal("#336699");

    const clear = await sharp({
      create: { width: 60, height: 60, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    })
      .png()
      .toBuffer();
    expect((await develop(clear, { name: "small", width: 30 })).dominantColour).to.equal("#ffffff");
  });

  it("is the same whether it is made from a small rendition or a large one, within a hair", async () => {
    const source = await quarters(800, 500).jpeg().toBuffer();
    const small = await develop(source, { name: "small", width: 100 });
    const large = await develop(source, { name: "large", width: 800 });

    const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    expect(distance(rgb(small.dominantColour), rgb(large.dominantColour))).to.be.below(4);
  });
});
