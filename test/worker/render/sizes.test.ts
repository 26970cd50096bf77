// How large renditions come out, over every fit, and that the formats really are what they are called.
import { expect } from "chai";
import sharp from "sharp";
import { develop, developOne } from "../../support/develop.ts";
import { blackPng } from "../../support/image-files/png.ts";
import { distance, quarterColours } from "../../support/look-at.ts";
import { BLUE, GREEN, quarters, RED, YELLOW } from "../../support/pictures.ts";

describe("render, its sizes", () => {
  let landscape: Buffer;

  before(async () => {
    landscape = await quarters(300, 200).jpeg({ quality: 95 }).toBuffer();
  });

  const sizeOf = async (variant: Parameters<typeof developOne>[1]) => {
    const image = await developOne(landscape, variant);
    const { width, height } = await sharp(image.body).metadata();
    expect([image.width, image.height]).to.deep.equal([width, height]);
    return [width, height];
  };

  const CASES: [what: string, variant: Parameters<typeof developOne>[1], size: [number, number]][] = [
    ["a width alone", { width: 150 }, [150, 100]],
    ["a height alone", { height: 50 }, [75, 50]],
    ["inside", { width: 100, height: 100, fit: "inside" }, [100, 67]],
    ["outside", { width: 100, height: 100, fit: "outside" }, [150, 100]],
    ["cover", { width: 100, height: 100, fit: "cover" }, [100, 100]],
    ["contain", { width: 100, height: 100, fit: "contain" }, [100, 100]],
    ["fill", { width: 100, height: 20, fit: "fill" }, [100, 20]],
    ["one pixel", { width: 1, height: 1, fit: "cover" }, [1, 1]],
    ["never less than a pixel", { width: 1 }, [1, 1]],
    ["the source's own size", { width: 300 }, [300, 200]],
    ["no enlargement of a width", { width: 900 }, [300, 200]],
    ["no enlargement inside", { width: 900, height: 250, fit: "inside" }, [300, 200]],
    ["no enlargement outside", { width: 310, height: 10, fit: "outside" }, [300, 200]],
    [
      "no enlargement to cover: the part of it that there is",
      { width: 900, height: 100, fit: "cover" },
      [300, 100],
    ],
    ["enlargement on demand", { width: 450, withoutEnlargement: false }, [450, 300]],
    [
      "enlargement to cover",
      { width: 600, height: 600, fit: "cover", withoutEnlargement: false },
      [600, 600],
    ],
  ];
  for (const [what, variant, size] of CASES) {
    it(`gives ${what}: ${size.join(" × ")}`, async () => {
      expect(await sizeOf(variant)).to.deep.equal(size);
    });
  }

  it("is the same size whatever else is rendered beside it", async () => {
    const odd = await quarters(997, 661).jpeg().toBuffer();
    const alone = await developOne(odd, { width: 283 });

    const { images } = await develop(
      odd,
      { name: "one", width: 283, formats: ["png"] },
      { name: "other", width: 400, formats: ["png"] },
    );

    expect([images[0]?.width, images[0]?.height]).to.deep.equal([alone.width, alone.height]);
  });

  it("makes something of a line, however long", async () => {
    const line = blackPng({ width: 1, height: 60_000 });

    const { width, height } = await developOne(line, { width: 320, height: 320 });

    expect([width, height]).to.deep.equal([1, 320]);
    for (const format of ["webp", "avif"] as const) {
      const long = await developOne(line, { width: 320, formats: [format] });
      expect([long.width, long.height], format).to.deep.equal([1, 16_383]);
    }
  });

  it("covers from the side that is asked for", async () => {
    const left = await developOne(landscape, { width: 50, height: 100, fit: "cover", position: "left" });
    const right = await developOne(landscape, { width: 50, height: 100, fit: "cover", position: "right" });

    const [topLeft = [], , bottomLeft = []] = await quarterColours(left.body);
    expect(distance(topLeft, RED)).to.be.below(8);
    expect(distance(bottomLeft, BLUE)).to.be.below(8);
    const [topRight = [], , bottomRight = []] = await quarterColours(right.body);
    expect(distance(topRight, GREEN)).to.be.below(8);
    expect(distance(bottomRight, YELLOW)).to.be.below(8);
  });

  it("fills the margin of contain with the background", async () => {
    const { body } = await developOne(landscape, {
      width: 100,
      height: 100,
      fit: "contain",
      background: "#123456",
    });

    const pixel = await sharp(body).extract({ left: 50, top: 2, width: 1, height: 1 }).raw().toBuffer();
    expect([...pixel.subarray(0, 3)]).to.deep.equal([0x12, 0x34, 0x56]);
  });

  it("encodes every format as what it says, in the order of the variants", async () => {
    const { images } = await develop(
      landscape,
      { name: "a", width: 60, formats: ["avif", "webp", "jpeg", "png"] },
      { name: "b", width: 30, formats: ["png"] },
    );

    expect(images.map(({ variant, format }) => `${variant}.${format}`)).to.deep.equal([
      "a.avif",
      "a.webp",
      "a.jpeg",
      "a.png",
      "b.png",
    ]);
    for (const { format, body, contentType } of images) {
      const found = await sharp(body).metadata();
      expect(found.mediaType).to.equal(`image/${format}`);
      expect(contentType).to.equal(`image/${format}`);
    }
  });

  it("takes a quality of its own for each format, and the format's default for the rest", async () => {
    const bytes = async (quality: number | { webp?: number; jpeg?: number }) => {
      const { images } = await develop(landscape, {
        name: "a",
        width: 200,
        formats: ["webp", "jpeg"],
        quality,
      });
      return images.map(({ body }) => body.length);
    };

    const [lowWebp, lowJpeg] = await bytes(20);
    const [highWebp, highJpeg] = await bytes(90);
    expect(await bytes({ webp: 20, jpeg: 90 })).to.deep.equal([lowWebp, highJpeg]);
    expect(await bytes({ webp: 90, jpeg: 20 })).to.deep.equal([highWebp, lowJpeg]);
    expect(await bytes({ jpeg: 20 })).to.deep.equal([(await bytes({}))[0], lowJpeg]);
  });

  it("is smaller in bytes at a lower quality", async () => {
    for (const format of ["avif", "webp", "jpeg"] as const) {
      const low = await developOne(landscape, { width: 200, formats: [format], quality: 10 });
      const high = await developOne(landscape, { width: 200, formats: [format], quality: 95 });

      expect(low.body.length, format).to.be.below(high.body.length);
    }
  });
});
