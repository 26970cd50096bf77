// Files as real encoders write them: what the header says must be what the decoder finds.
import { expect } from "chai";
import sharp from "sharp";
import type { Header } from "../../../worker/inspect/header.ts";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { limitsOf } from "../../support/limits.ts";
import { flatFrames, quarters } from "../../support/pictures.ts";

const look = (bytes: Uint8Array) => inspect(bytes, limitsOf());

const picture = () => quarters(60, 40);

/** The encoder's call, and what only it decides. */
const FILES: Record<string, [make: () => Promise<Buffer>, header: Partial<Header>]> = {
  "baseline JPEG": [() => picture().jpeg().toBuffer(), { format: "jpeg", kind: "jpeg-baseline" }],
  "progressive JPEG": [
    () => picture().jpeg({ progressive: true }).toBuffer(),
    { format: "jpeg", kind: "jpeg-progressive" },
  ],
  "grey JPEG": [() => picture().toColourspace("b-w").jpeg().toBuffer(), { kind: "jpeg-baseline" }],
  "CMYK JPEG": [() => picture().toColourspace("cmyk").jpeg().toBuffer(), { kind: "jpeg-baseline" }],
  "mozjpeg's JPEG": [() => picture().jpeg({ mozjpeg: true }).toBuffer(), { kind: "jpeg-progressive" }],
  PNG: [() => picture().png().toBuffer(), { format: "png", kind: "png" }],
  "palette PNG": [() => picture().png({ palette: true }).toBuffer(), { kind: "png" }],
  "interlaced PNG": [() => picture().png({ progressive: true }).toBuffer(), { kind: "png-interlaced" }],
  "16-bit PNG": [() => picture().toColourspace("rgb16").png().toBuffer(), { kind: "png" }],
  "lossy WebP": [() => picture().webp().toBuffer(), { format: "webp", kind: "webp-lossy" }],
  "lossless WebP": [() => picture().webp({ lossless: true }).toBuffer(), { kind: "webp-lossless" }],
  "lossy WebP with alpha": [() => picture().ensureAlpha(0.5).webp().toBuffer(), { kind: "webp-lossy" }],
  "AVIF 4:2:0": [
    () => picture().avif({ chromaSubsampling: "4:2:0" }).toBuffer(),
    { format: "avif", kind: "avif" },
  ],
  "AVIF 4:4:4": [() => picture().avif({ chromaSubsampling: "4:4:4" }).toBuffer(), { kind: "avif-deep" }],
  "AVIF with alpha": [() => picture().ensureAlpha(0.5).avif().toBuffer(), { format: "avif" }],
  GIF: [() => picture().gif().toBuffer(), { format: "gif", kind: "gif", frames: 1 }],
  "animated GIF": [() => flatFrames(60, 40, 7).gif().toBuffer(), { kind: "gif", frames: 7 }],
  "animated WebP": [() => flatFrames(60, 40, 7).webp().toBuffer(), { kind: "webp-animated", frames: 7 }],
};

describe("inspect, of real images", () => {
  for (const [name, [make, expected]] of Object.entries(FILES)) {
    it(`reads a ${name}`, async () => {
      const header = look(await make());

      const defaults = { width: 60, height: 40, frames: 1, orientation: 1 };
      expect(header).to.deep.include({ ...defaults, ...expected });
    });
  }

  for (const format of ["jpeg", "png", "webp", "avif"] as const) {
    it(`finds all eight orientations in ${format}, as the decoder does`, async () => {
      for (let orientation = 1; orientation <= 8; orientation += 1) {
        const bytes = await picture().withMetadata({ orientation }).toFormat(format).toBuffer();

        expect(look(bytes)).to.include({ width: 60, height: 40, orientation });
        const { autoOrient } = await sharp(bytes).metadata();
        expect(autoOrient.width).to.equal(orientation >= 5 ? 40 : 60);
      }
    });
  }

  it("counts what is no pixel: EXIF, a profile, texts", async () => {
    const plain = look(await picture().jpeg().toBuffer()).metadataBytes;
    const withProfile = look(await picture().withIccProfile("p3").jpeg().toBuffer()).metadataBytes;

    expect(plain).to.be.below(100);
    expect(withProfile - plain).to.be.within(300, 4000);
  });
});
