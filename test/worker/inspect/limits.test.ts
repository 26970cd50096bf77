// Each limit, at its edge and one beyond, with its code; and what is no image at all, by its name.
import { expect } from "chai";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { codeOf } from "../../support/failure-of.ts";
import { gifOf } from "../../support/image-files/gif.ts";
import { jpegHead, startOfFrame } from "../../support/image-files/jpeg.ts";
import { latin1 } from "../../support/image-files/numbers.ts";
import { chunk, patternPng } from "../../support/image-files/png.ts";
import { limitsOf } from "../../support/limits.ts";

describe("inspect, at its limits", () => {
  const png = patternPng({ width: 30, height: 20 }, chunk("tEXt", Buffer.alloc(50)));
  const gif = gifOf(
    { width: 10, height: 10 },
    Array.from({ length: 6 }, () => ({ width: 10, height: 10 })),
  );

  /** The limit's name, a file, the file's own value, and the code of one less. */
  const edges = [
    ["maxBytes", png, png.length, "TOO_MANY_BYTES"],
    ["maxPixels", png, 600, "TOO_MANY_PIXELS"],
    ["maxPixels", gif, 600, "TOO_MANY_PIXELS"],
    ["maxFrames", gif, 6, "TOO_MANY_FRAMES"],
    ["maxMetadataBytes", png, 50, "METADATA_TOO_LARGE"],
  ] as const;
  for (const [name, bytes, value, code] of edges) {
    it(`admits a ${bytes === png ? "PNG" : "GIF"} exactly at ${name}, and refuses it one below as ${code}`, () => {
      expect(inspect(bytes, limitsOf({ [name]: value })).width).to.be.above(0);
      expect(codeOf(() => inspect(bytes, limitsOf({ [name]: value - 1 })))).to.equal(code);
    });
  }

  it("refuses a format that is switched off, before anything else of it", () => {
    const limits = limitsOf({ allowedFormats: ["jpeg"], maxPixels: 1 });

    expect(codeOf(() => inspect(png, limits))).to.equal("FORMAT_DISABLED");
  });

  it("refuses an empty object", () => {
    expect(codeOf(() => inspect(Buffer.alloc(0), limitsOf()))).to.equal("EMPTY");
  });

  it("multiplies sides beyond 32 bits", () => {
    expect(codeOf(() => inspect(jpegHead(startOfFrame(65_535, 65_535)), limitsOf()))).to.equal(
      "TOO_MANY_PIXELS",
    );
  });

  it("refuses a side that no row buffer should hold, whatever the limit of pixels", () => {
    const line = (length: number, isTall: boolean) => {
      const [width, height] = isTall ? [1, length] : [length, 1];
      return patternPng({ width, height, depth: 1, colourType: 0 });
    };

    for (const isTall of [false, true]) {
      expect(inspect(line(65_535, isTall), limitsOf()).frames).to.equal(1);
      expect(codeOf(() => inspect(line(65_536, isTall), limitsOf()))).to.equal("TOO_MANY_PIXELS");
    }
  });

  it("reads a view into a larger buffer by its own bounds", () => {
    const inMiddle = Buffer.concat([Buffer.alloc(77), png, Buffer.alloc(77)]);
    const view = new Uint8Array(inMiddle.buffer, inMiddle.byteOffset + 77, png.length);

    expect(inspect(view, limitsOf())).to.include({ width: 30, height: 20 });
  });
});

describe("inspect, of what is no image", () => {
  const NAMES = {
    UNSUPPORTED_FORMAT_TIFF: ["II*\0\x08\0\0\0", "MM\0*\0\0\0\x08", "II+\0", "MM\0+"],
    UNSUPPORTED_FORMAT_JXL: ["\xff\x0a\x00", "\0\0\0\x0cJXL \r\n"],
    UNSUPPORTED_FORMAT_JP2: ["\0\0\0\x0cjP  \r\n", "\xff\x4f\xff\x51\0"],
    UNSUPPORTED_FORMAT_PDF: ["%PDF-1.7"],
    UNSUPPORTED_FORMAT_PSD: ["8BPS\0\x01"],
    UNSUPPORTED_FORMAT_HEIC: [
      "\0\0\0\x18ftypheic\0\0\0\0",
      "\0\0\0\x18ftypmif1\0\0\0\0heic",
      "\0\0\0\x18ftyphevc",
    ],
    UNSUPPORTED_FORMAT_SVG: [
      "<svg/>",
      '<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"/>',
      '\xef\xbb\xbf<!DOCTYPE svg PUBLIC "x"><svg/>',
      "  \n<SVG>",
    ],
    UNSUPPORTED_FORMAT: [
      "hello",
      "<html><svg/></html>",
      "GIF90a",
      "\xff\xd8",
      "RIFF\0\0\0\0WAVE",
      "BM",
      "\0\0\0\x18ftypisom",
    ],
  };

  for (const [code, starts] of Object.entries(NAMES)) {
    it(`calls it ${code}`, () => {
      for (const start of starts) {
        expect(
          codeOf(() => inspect(latin1(start), limitsOf())),
          JSON.stringify(start),
        ).to.equal(code);
      }
    });
  }
});
