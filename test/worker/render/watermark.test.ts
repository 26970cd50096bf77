// A mark lies where, as large and as faint as it was asked for; the rest of the picture is as it would be without.
import { expect } from "chai";
import sharp from "sharp";
import { MARK, type MarkFolder, marksFolder } from "../../support/a-mark.ts";
import { deltaE } from "../../support/colour-spaces.ts";
import { develop, developOne } from "../../support/develop.ts";
import { distance } from "../../support/look-at.ts";
import { flatFrames } from "../../support/pictures.ts";
import { rejection } from "../../support/rejection.ts";

const GREY = [120, 130, 140] as const;
const flat = (width: number, height: number, alpha?: number) => {
  const [r, g, b] = GREY;
  const background = { r, g, b, alpha: alpha ?? 1 };
  return sharp({ create: { width, height, channels: alpha === undefined ? 3 : 4, background } })
    .png()
    .toBuffer();
};

interface Found {
  left: number;
  top: number;
  width: number;
  height: number;
  /** All pixels of it, and all others, look alike. */
  colour: number[];
  rest: number[];
}

/** The box of all pixels that are not as the first is; marks are looked for in the middle of a picture only. */
async function findMark(image: Uint8Array, page = 0): Promise<Found | undefined> {
  const { data, info } = await sharp(image, { page }).raw().toBuffer({ resolveWithObject: true });
  const { channels } = info;
  const at = (x: number, y: number) => [
    ...data.subarray((y * info.width + x) * channels, (y * info.width + x + 1) * channels),
  ];
  const marked: [number, number][] = [];
  const plain: [number, number][] = [];
  for (let y = 0; y < info.height; y += 1)
    for (let x = 0; x < info.width; x += 1) (distance(at(x, y), GREY) > 12 ? marked : plain).push([x, y]);
  if (marked.length === 0) return undefined;
  const [columns, rows] = [marked.map(([x]) => x), marked.map(([, y]) => y)];
  const [left, top] = [Math.min(...columns), Math.min(...rows)];
  const [width, height] = [Math.max(...columns) - left + 1, Math.max(...rows) - top + 1];
  expect(marked, "a whole rectangle").to.have.lengthOf(width * height);
  const [x, y] = plain[0] ?? [0, 0];
  const colour = at(left + Math.floor(width / 2), top + Math.floor(height / 2));
  return { left, top, width, height, colour, rest: at(x, y) };
}

describe("render, its watermark", () => {
  let marks: MarkFolder;
  let image: string;

  before(async () => {
    marks = marksFolder();
    image = await marks.mark("wide.png", { width: 40, height: 20 });
  });
  after(() => marks.remove());

  const PLACES = {
    northwest: [6, 6],
    north: [75, 6],
    northeast: [144, 6],
    west: [6, 87],
    centre: [75, 87],
    east: [144, 87],
    southwest: [6, 169],
    south: [75, 169],
    southeast: [144, 169],
  } as const;

  for (const [gravity, [left, top]] of Object.entries(PLACES)) {
    it(`lies at the ${gravity}, with a margin, as large as its scale says`, async () => {
      const watermark = { image, gravity: gravity as "north", scale: 0.25, opacity: 1 };
      const { body } = await developOne(await flat(200, 200), { width: 200, watermark });

      const found = await findMark(body);
      expect(found).to.deep.include({ left, top, width: 50, height: 25 });
      expect(found?.colour).to.deep.equal([...MARK]);
      expect(found?.rest).to.deep.equal([...GREY]);
    });
  }

  it("is as faint as its opacity says, times its own", async () => {
    const faint = await marks.mark("faint.png", { width: 10, height: 10, alpha: 0.5 });
    for (const [file, opacity, share] of [
      [image, 1, 1],
      [image, 0.5, 0.5],
      [image, 0.2, 0.2],
      [faint, 0.5, 0.25],
    ] as const) {
      const watermark = { image: file, opacity };
      const { body } = await developOne(await flat(100, 100), { width: 100, watermark });

      const { colour = [] } = (await findMark(body)) ?? {};
      const expected = GREY.map((value, channel) => value + (MARK[channel]! - value) * share);
      expect(distance(colour, expected), `${opacity}`).to.be.at.most(1.5);
    }
  });

  it("fits whole into a picture that is smaller, or of another shape, or one pixel", async () => {
    const large = await marks.mark("large.png", { width: 900, height: 300 });
    for (const [width, height, scale, box] of [
      [60, 90, 1, { left: 0, top: 70, width: 60, height: 20 }],
      [300, 40, 1, { left: 180, top: 0, width: 120, height: 40 }],
      [1, 1, 1, { left: 0, top: 0, width: 1, height: 1 }],
      [20, 20, 0.01, { left: 19, top: 19, width: 1, height: 1 }],
    ] as const) {
      const watermark = { image: large, scale, opacity: 1, margin: 0, gravity: "southeast" as const };
      const { body, ...size } = await developOne(await flat(width, height), { width: 1000, watermark });

      expect(size).to.deep.include({ width, height });
      expect(await findMark(body)).to.deep.include(box);
    }
  });

  it("has a margin that goes by the shorter side", async () => {
    const watermark = { image, opacity: 1, margin: 0.1 };
    for (const [width, height, box] of [
      [200, 100, { left: 140, top: 65, width: 50, height: 25 }],
      [100, 200, { left: 65, top: 177, width: 25, height: 13 }],
    ] as const) {
      const { body } = await developOne(await flat(width, height), { width: 200, watermark });

      expect(await findMark(body)).to.deep.include(box);
    }
  });

  it("lets a margin give way that leaves it no room", async () => {
    const watermark = { image, scale: 1, opacity: 1, margin: 0.5 };
    const { body } = await developOne(await flat(100, 60), { width: 100, watermark });

    expect(await findMark(body)).to.deep.include({ left: 0, top: 0, width: 100, height: 50 });
  });

  it("keeps what is transparent, and shows on it", async () => {
    const watermark = { image, opacity: 0.5 };
    const { body } = await developOne(await flat(100, 100, 0), { width: 100, watermark });

    const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true });
    const alphas = Array.from({ length: 100 * 100 }, (_, index) => data[index * 4 + 3]!);
    expect(info.channels).to.equal(4);
    expect(alphas.filter((alpha) => alpha === 0)).to.have.lengthOf(100 * 100 - 25 * 13);
    expect([...new Set(alphas)].toSorted((a, b) => a - b)).to.deep.equal([0, 128]);
    // Without a palette, which would not tell.
    const opaque = await developOne(await flat(50, 50), { width: 50, neverLarger: false, watermark });
    const { channels } = await sharp(opaque.body).metadata();
    expect(channels, "of an opaque picture").to.equal(3);
  });

  it("lies over every frame of an animation, in the same place", async () => {
    const source = await flatFrames(80, 60, 4)
      .gif({ delay: [50, 60, 70, 80] })
      .toBuffer();
    const variant = { width: 80, formats: ["webp" as const], quality: 100 };
    const marked = await developOne(source, { ...variant, watermark: { image, opacity: 1, scale: 0.5 } });

    const { pages, delay } = await sharp(marked.body).metadata();
    expect({ pages, delay }).to.deep.equal({ pages: 4, delay: [50, 60, 70, 80] });
    for (let page = 0; page < 4; page += 1) {
      const pixels = await sharp(marked.body, { page }).removeAlpha().raw().toBuffer();
      const at = (x: number, y: number) => [...pixels.subarray((y * 80 + x) * 3, (y * 80 + x) * 3 + 3)];
      expect(distance(at(60, 48), MARK), `the mark in frame ${page}`).to.be.below(12);
      expect(distance(at(10, 10), at(20, 50)), `the rest of frame ${page}`).to.be.below(4);
    }
  });

  it("is in every format, and neither in placeholder nor dominant colour", async () => {
    const source = await flat(100, 100);
    const variant = { name: "a", width: 100, formats: ["avif", "webp", "jpeg", "png"] as const };
    const watermark = { image, scale: 1, opacity: 1 };
    const marked = await develop(source, { ...variant, formats: [...variant.formats], watermark });
    const plain = await develop(source, { ...variant, formats: [...variant.formats] });

    for (const { format, body } of marked.images) {
      const { data } = await sharp(body).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const middle = (50 * 100 + 50) * 3;
      const bottom = (90 * 100 + 50) * 3;
      expect(distance([...data.subarray(bottom, bottom + 3)], MARK), format).to.be.below(25);
      expect(data.length, format).to.be.above(middle);
    }
    expect(marked.placeholder).to.equal(plain.placeholder);
    expect(marked.dominantColour).to.equal(plain.dominantColour);
  });

  it("has its own colours in Display P3 too", async () => {
    const source = await sharp(await flat(100, 100))
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const { body } = await developOne(source, {
      width: 100,
      gamut: "p3",
      watermark: { image, opacity: 1, gravity: "northwest", margin: 0 },
    });

    const [red = 0, green = 0, blue = 0] = await sharp(body, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(body).metadata()).icc).to.have.lengthOf(480);
    expect(deltaE(MARK, [red, green, blue], "srgb", "p3")).to.be.below(2.3);
  });

  it("is there or there is no rendition: one that is missing or damaged can be put right", async () => {
    const broken = marks.write("broken.png", (await flat(300, 300)).subarray(0, 500));
    for (const file of [broken, `${marks.path}/none.png`]) {
      const refused = await rejection(
        developOne(await flat(10, 10), { width: 10, watermark: { image: file } }),
      );

      expect(refused).to.have.property("code", "WATERMARK_UNREADABLE");
      expect(refused).to.have.property("disposition", "retry");
    }
  });

  it("gives the same bytes every time", async () => {
    const [once, again] = [1, 2].map(async () =>
      developOne(await flat(100, 100), { width: 90, formats: ["avif"], watermark: { image } }),
    );

    expect(Buffer.compare((await once!).body, (await again!).body)).to.equal(0);
  });
});
