// sharp's errors as codes. Where an error can be provoked it is a real one; texts that only a starved machine or another
// build gives are quoted from libvips.

import { deflateSync } from "node:zlib";
import { expect } from "chai";
import sharp from "sharp";
import { Failure } from "../../../worker/failure.ts";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { renderFailure } from "../../../worker/render/failures.ts";
import { render } from "../../../worker/render/render.ts";
import { variantsOf } from "../../support/develop.ts";
import { chunk, patternPng, pngOf } from "../../support/image-files/png.ts";
import { limitsOf } from "../../support/limits.ts";
import { quarters } from "../../support/pictures.ts";
import { rejection } from "../../support/rejection.ts";

async function renderCode(source: Buffer, header = inspect(source, limitsOf())): Promise<string> {
  const error = await rejection(
    render(source, header, variantsOf({ name: "small", width: 20, formats: ["png"] })),
  );
  if (!(error instanceof Failure)) throw error;
  expect(error.message).to.match(/^[^\n]+$/);
  return error.code;
}

describe("render, of what the decoder refuses", () => {
  const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));

  it("calls a JPEG that ends early TRUNCATED", async () => {
    for (const progressive of [false, true]) {
      const whole = await quarters(400, 300).jpeg({ progressive }).toBuffer();
      for (const share of [0.5, 0.8, 0.99]) expect(await renderCode(cut(whole, share))).to.equal("TRUNCATED");
    }
  });

  it("calls a PNG with too few rows, or damaged ones, CORRUPT", async () => {
    const short = pngOf({ width: 64, height: 64 }, chunk("IDAT", deflateSync(Buffer.alloc(64 * 96))));
    const damaged = patternPng({ width: 64, height: 64 });
    damaged[damaged.indexOf("IDAT") + 20]! ^= 0xff;

    expect(await renderCode(short)).to.equal("CORRUPT");
    expect(await renderCode(damaged)).to.equal("CORRUPT");
  });

  it("calls an AVIF that ends early TRUNCATED, and says so rather than where it searched", async () => {
    const source = cut(await quarters(200, 100).avif().toBuffer(), 0.9);

    const error = await rejection(
      render(source, inspect(source, limitsOf()), variantsOf({ name: "small", width: 20 })),
    );

    expect(error).to.have.property("code", "TRUNCATED");
    expect(error.message).to.match(/^heif: Invalid input: Unexpected end of file/);
  });

  it("calls a WebP and an AVIF with damaged pixels CORRUPT", async () => {
    for (const format of ["webp", "avif"] as const) {
      const bytes = await quarters(200, 100).toFormat(format).toBuffer();
      bytes.fill(0xa5, Math.floor(bytes.length * 0.7));

      expect(await renderCode(bytes), format).to.equal("CORRUPT");
    }
  });

  it("calls it TOO_MANY_PIXELS when the decoder finds more than the header said", async () => {
    const bytes = await quarters(200, 100).png().toBuffer();
    const header = { ...inspect(bytes, limitsOf()), width: 100 };

    expect(await renderCode(bytes, header)).to.equal("TOO_MANY_PIXELS");
  });

  it("opens no format but the five, and none by its path", async () => {
    const bytes = await quarters(20, 10).tiff().toBuffer();
    const header = inspect(await quarters(20, 10).png().toBuffer(), limitsOf());
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"/>');

    expect(await renderCode(bytes, header)).to.equal("UNSUPPORTED_FORMAT");
    expect(await renderCode(svg, header)).to.equal("UNSUPPORTED_FORMAT");
    await rejection(sharp("samples/portrait.jpg").metadata());
  });
});

describe("renderFailure", () => {
  const codeOf = (message: string) => renderFailure(new Error(message)).code;

  /** Each pattern of the table, as libvips 8.18 words it. */
  const QUOTED: [message: string, code: string][] = [
    ["Input buffer has corrupt header: vips_tracked: out of memory --- size == 500MB", "MEMORY_BUDGET"],
    ["heif: Invalid input: Unspecified: Memory allocation error", "MEMORY_BUDGET"],
    ["VipsJpeg: Insufficient memory (case 4)", "MEMORY_BUDGET"],
    ["unable to create thread", "MEMORY_BUDGET"],
    ["heif: Memory allocation error: Security limit exceeded: too large", "CORRUPT"],
    ["Input image exceeds pixel limit", "TOO_MANY_PIXELS"],
    ["Input buffer contains unsupported image format", "UNSUPPORTED_FORMAT"],
    ["heif: Unsupported feature: Unsupported codec (4.3000)", "UNSUPPORTED_FORMAT"],
    ["VipsJpeg: Unsupported JPEG data precision 12", "UNSUPPORTED_FORMAT"],
    ["VipsJpeg: premature end of JPEG image", "TRUNCATED"],
    ["pngload_buffer: libspng read error --- Read error at scanline 9", "TRUNCATED"],
    ["Input buffer has corrupt header:", "CORRUPT"],
    ["something no one has seen before", "CORRUPT"],
  ];
  for (const [message, code] of QUOTED) {
    it(`reads "${message}" as ${code}`, () => {
      expect(codeOf(message)).to.equal(code);
    });
  }

  it("keeps one line and the cause, lets failures pass, and calls what is no error UNKNOWN", () => {
    const error = new Error("first\nsecond\nthird");
    const failure = new Failure("EMPTY", "nothing");

    expect(renderFailure(error)).to.include({ message: "first", cause: error });
    expect(renderFailure(failure)).to.equal(failure);
    expect(renderFailure("a string").code).to.equal("UNKNOWN");
  });
});
