// Headers by hand: what real files rarely have, and what senders with bad intentions write.
import { expect } from "chai";
import sharp from "sharp";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { codeOf } from "../../support/failure-of.ts";
import * as avif from "../../support/image-files/avif.ts";
import { orientationBlock } from "../../support/image-files/exif.ts";
import { comment, gifOf } from "../../support/image-files/gif.ts";
import {
  exifSegment,
  jpegHead,
  profileSegments,
  segment,
  startOfFrame,
} from "../../support/image-files/jpeg.ts";
import { latin1 } from "../../support/image-files/numbers.ts";
import { chunk, imageHeader, PNG_SIGNATURE, patternPng, pngOf } from "../../support/image-files/png.ts";
import * as webp from "../../support/image-files/webp.ts";
import { limitsOf } from "../../support/limits.ts";
import { quarters } from "../../support/pictures.ts";
import { secretive } from "../../support/secrets.ts";

const look = (bytes: Uint8Array) => inspect(bytes, limitsOf());
const refusal = (bytes: Uint8Array) => codeOf(() => look(bytes));

describe("inspect, of JPEG headers", () => {
  it("passes fill bytes, stuffing and strays between segments", () => {
    const head = jpegHead(segment(0xfe, latin1("a")), Buffer.from([0xff, 0xff, 0xff]), startOfFrame(30, 20));
    const strays = jpegHead(
      segment(0xfe, latin1("a")),
      Buffer.from([1, 2, 0xff, 0, 3]),
      startOfFrame(30, 20),
    );

    expect(look(head)).to.include({ width: 30, height: 20, metadataBytes: 1 });
    expect(look(strays)).to.include({ width: 30, height: 20 });
  });

  it("tells every progressive coding from the others", () => {
    const kinds = [0xc0, 0xc1, 0xc2, 0xc3, 0xc6, 0xc9, 0xca, 0xce].map(
      (code) => look(jpegHead(startOfFrame(1, 1, code))).kind,
    );

    expect(kinds.map((kind) => kind === "jpeg-progressive")).to.deep.equal([
      false,
      false,
      true,
      false,
      true,
      false,
      true,
      true,
    ]);
  });

  it("is not led into a table by the number of its marker", () => {
    const tables = [0xc4, 0xc8, 0xcc].map((code) => segment(code, Buffer.alloc(20, 9)));

    expect(look(jpegHead(...tables, startOfFrame(30, 20)))).to.include({ width: 30, height: 20 });
  });

  it("refuses a header without a frame, or with an empty one", () => {
    expect(refusal(jpegHead(segment(0xda, Buffer.alloc(10))))).to.equal("CORRUPT");
    expect(refusal(jpegHead())).to.equal("CORRUPT");
    expect(refusal(jpegHead(startOfFrame(0, 20)))).to.equal("CORRUPT");
    expect(refusal(jpegHead(segment(0xc0, Buffer.alloc(4))))).to.equal("TRUNCATED");
    expect(refusal(jpegHead(segment(0xfe, latin1("cut"))).subarray(0, -4))).to.equal("TRUNCATED");
  });

  it("counts a profile over all its segments", () => {
    const segments = profileSegments(Buffer.alloc(200_000));

    expect(segments).to.have.lengthOf(4);
    expect(look(jpegHead(...segments, startOfFrame(30, 20))).metadataBytes).to.equal(200_000 + 4 * 14);
  });

  it("reads the orientation in both byte orders, and only of an EXIF segment", () => {
    const of = (...segments: Buffer[]) => look(jpegHead(...segments, startOfFrame(30, 20))).orientation;

    expect(of(exifSegment(orientationBlock(6, "II")))).to.equal(6);
    expect(of(exifSegment(orientationBlock(6, "MM")))).to.equal(6);
    expect(of(segment(0xe1, Buffer.concat([latin1("Exif?\0"), orientationBlock(6)])))).to.equal(1);
    expect(of(segment(0xe2, Buffer.concat([latin1("Exif\0\0"), orientationBlock(6)])))).to.equal(1);
  });
});

describe("inspect, of PNG headers", () => {
  it("sees the first frame of an APNG", () => {
    const animated = pngOf(
      { width: 3, height: 2 },
      chunk("acTL", Buffer.alloc(8)),
      chunk("IDAT"),
      chunk("fdAT"),
    );

    expect(look(animated)).to.include({ width: 3, height: 2, frames: 1 });
  });

  it("counts every chunk that is not pixels", () => {
    const png = patternPng(
      { width: 2, height: 2 },
      chunk("tEXt", Buffer.alloc(70)),
      chunk("prVt", Buffer.alloc(5)),
    );

    expect(look(png).metadataBytes).to.equal(75);
  });

  it("reads the orientation of an eXIf chunk", () => {
    expect(
      look(patternPng({ width: 2, height: 2 }, chunk("eXIf", orientationBlock(8)))).orientation,
    ).to.equal(8);
  });

  it("refuses what has no end, no header or no pixels", () => {
    const whole = patternPng({ width: 2, height: 2 });

    expect(refusal(whole.subarray(0, -12))).to.equal("TRUNCATED");
    expect(refusal(PNG_SIGNATURE)).to.equal("TRUNCATED");
    expect(refusal(Buffer.concat([PNG_SIGNATURE, chunk("IDAT", Buffer.alloc(30))]))).to.equal("CORRUPT");
    expect(refusal(pngOf({ width: 0, height: 5 }))).to.equal("CORRUPT");
  });

  it("ignores what follows the end", () => {
    const tail = chunk("tEXt", Buffer.alloc(500));

    expect(look(Buffer.concat([patternPng({ width: 2, height: 2 }), tail])).metadataBytes).to.equal(0);
  });

  it("is not led astray by a chunk that claims four gigabytes", () => {
    const endless = Buffer.concat([
      PNG_SIGNATURE,
      imageHeader({ width: 9, height: 9 }),
      latin1("\xff\xff\xff\xffIDAT"),
    ]);

    expect(refusal(Buffer.concat([endless, Buffer.alloc(100)]))).to.equal("TRUNCATED");
  });
});

describe("inspect, of GIF headers", () => {
  it("counts frames and everything around them", () => {
    const frames = Array.from({ length: 5 }, () => ({ width: 4, height: 3 }));

    expect(look(gifOf({ width: 4, height: 3 }, frames))).to.include({ width: 4, height: 3, frames: 5 });
    const commented = look(gifOf({ width: 4, height: 3 }, frames, comment(Buffer.alloc(1000, 65))));
    expect(commented.metadataBytes).to.be.within(1000, 1100);
  });

  it("is as large as the decoder makes it: a first frame may enlarge the screen, a later one may not", async () => {
    const small = { width: 4, height: 3 };
    const beyond = { left: 10, top: 20, width: 4, height: 3 };
    // A screen that is a monitor's size means nothing: the decoder takes the first frame's.
    const files = [
      gifOf(small, [beyond, small]),
      gifOf(small, [small, beyond]),
      gifOf({ width: 800, height: 600 }, [beyond, small]),
      gifOf({ width: 2049, height: 10 }, [small]),
    ];

    const sizes = files.map((bytes) => [look(bytes).width, look(bytes).height]);

    expect(sizes).to.deep.equal([
      [14, 23],
      [4, 3],
      [14, 23],
      [4, 3],
    ]);
    const decoded = await Promise.all(
      files.map((bytes) => sharp(bytes).raw().toBuffer({ resolveWithObject: true })),
    );
    expect(decoded.map(({ info }) => [info.width, info.height])).to.deep.equal(sizes);
  });

  it("refuses an animation that is cut in any frame, but not one that lacks only its trailer", () => {
    const frames = Array.from({ length: 3 }, () => ({ width: 4, height: 3 }));
    const whole = gifOf({ width: 4, height: 3 }, frames);

    expect(look(whole.subarray(0, -1)).frames).to.equal(3);
    expect(refusal(whole.subarray(0, -2))).to.equal("TRUNCATED");
    expect(refusal(whole.subarray(0, -20))).to.equal("TRUNCATED");
  });

  it("refuses what has no frame", () => {
    expect(refusal(gifOf({ width: 4, height: 3 }, []))).to.equal("CORRUPT");
    expect(refusal(latin1("GIF89a"))).to.equal("TRUNCATED");
    expect(refusal(gifOf({ width: 4, height: 3 }, [{ width: 4, height: 3 }]).subarray(0, 16))).to.equal(
      "TRUNCATED",
    );
  });
});

describe("inspect, of WebP headers", () => {
  it("believes the canvas, not the frames", () => {
    const frames = webp.animationOf(webp.riff(webp.webpChunk("VP8 ", Buffer.alloc(10))), 30, 20, 9);

    expect(look(frames)).to.include({ width: 30, height: 20, frames: 9, kind: "webp-animated" });
  });

  it("reads the orientation with and without JPEG's preamble", () => {
    const withExif = (exif: Buffer) => webp.riff(webp.extendedHeader(30, 20), webp.webpChunk("EXIF", exif));

    expect(look(withExif(orientationBlock(7))).orientation).to.equal(7);
    expect(look(withExif(Buffer.concat([latin1("Exif\0\0"), orientationBlock(7)]))).orientation).to.equal(7);
  });

  it("refuses what is cut by even one byte, or has no size", () => {
    const whole = webp.riff(webp.extendedHeader(30, 20), webp.webpChunk("XMP ", Buffer.alloc(20)));

    expect(refusal(whole.subarray(0, -1))).to.equal("TRUNCATED");
    expect(refusal(webp.riff())).to.equal("CORRUPT");
    expect(refusal(latin1("RIFF\0\0\0\0WEBP"))).to.equal("CORRUPT");
  });
});

describe("inspect, of AVIF headers", () => {
  const properties = [avif.sizeProperty(30, 20)];
  const data = Buffer.alloc(8);

  it("takes the primary item's size, turn and crop, not those of other items", () => {
    const own = [...properties, avif.turnProperty(3), avif.cropProperty(10, 8)];
    const others = [avif.sizeProperty(500, 400), avif.turnProperty(1)];

    const header = look(avif.avifOf({ properties: own, others, data }));
    expect(header).to.include({ width: 10, height: 8, orientation: 6 });
  });

  it("reads HEIF that is AV1 inside, and calls other HEIF by its name", () => {
    expect(look(avif.avifOf({ properties, data, brand: "mif1" })).format).to.equal("avif");
    const heic = Buffer.concat([
      avif.box("ftyp", latin1("heic\0\0\0\0mif1heic")),
      avif.fullBox("meta", 0, 0),
    ]);
    expect(refusal(heic)).to.equal("UNSUPPORTED_FORMAT_HEIC");
  });

  it("counts EXIF, XMP and profile, of real files too", async () => {
    const { bytes } = await secretive("avif");
    const { exif = "", xmp = "", icc = "" } = await sharp(bytes).metadata();
    expect(Math.min(exif.length, xmp.length, icc.length)).to.be.above(0);
    // Before a block of EXIF stand four bytes; before a profile, its kind.
    expect(look(bytes).metadataBytes).to.equal(4 + exif.length + xmp.length + 4 + icc.length);
    expect(look(await quarters(30, 20).avif().toBuffer()).metadataBytes).to.be.below(20);
  });

  it("counts pieces as often as a decoder would copy them", () => {
    for (const version of [0, 1] as const) {
      const few = avif.avifWithExif({ pieces: 3, pieceBytes: 500, items: 2, version });
      expect(look(few).metadataBytes).to.equal(3000);
    }
    const bomb = avif.avifWithExif({ pieces: 40, pieceBytes: 1_000_000 });
    expect(bomb.length).to.be.below(1000);
    expect(refusal(bomb)).to.equal("METADATA_TOO_LARGE");
    const whole = avif.avifWithExif({ pieces: 1, pieceBytes: 0 });
    expect(look(whole).metadataBytes).to.equal(whole.length);
  });

  it("finds the header behind megabytes that it need not read", () => {
    const whole = avif.avifOf({ properties, data });
    const at = whole.indexOf("meta") - 4;
    const large = Buffer.concat([
      whole.subarray(0, at),
      avif.box("free", Buffer.alloc(3_000_000)),
      whole.subarray(at),
    ]);

    expect(look(large)).to.include({ width: 30, height: 20 });
  });

  it("refuses what is cut in its header, or says nothing of a picture", () => {
    const whole = avif.avifOf({ properties, data });

    expect(refusal(whole.subarray(0, 60))).to.equal("TRUNCATED");
    expect(refusal(whole.subarray(0, 32))).to.equal("TRUNCATED");
    expect(refusal(avif.avifOf({ properties: [avif.turnProperty(1)], data }))).to.equal("CORRUPT");
    expect(refusal(avif.avifOf({ properties: [avif.sizeProperty(0, 20)], data }))).to.equal("CORRUPT");
  });
});
