// Whatever the bytes: a header or a Failure, never another exception, and never a header that breaks the limits.
import { expect } from "chai";
import sharp from "sharp";
import { Failure } from "../../../worker/failure.ts";
import { inspect } from "../../../worker/inspect/inspect.ts";
import { uprightSize } from "../../../worker/render/geometry.ts";
import { limitsOf } from "../../support/limits.ts";
import { mutated } from "../../support/mutate.ts";
import { flatFrames, quarters } from "../../support/pictures.ts";
import { seeded } from "../../support/seeded.ts";

const SEED = 20_261_124;
const MUTATIONS_PER_FILE = 4000;

async function originals(): Promise<Buffer[]> {
  const upright = () => quarters(40, 30).withMetadata({ orientation: 6 });
  return Promise.all([
    upright().jpeg().toBuffer(),
    upright().jpeg({ progressive: true }).toBuffer(),
    upright().png().toBuffer(),
    upright().webp().toBuffer(),
    upright().avif().toBuffer(),
    flatFrames(20, 10, 4).gif().toBuffer(),
    flatFrames(20, 10, 4).webp().toBuffer(),
  ]);
}

describe("inspect, of mutated files", () => {
  it(`throws nothing but Failures (seed ${SEED})`, async () => {
    const random = seeded(SEED);
    const limits = limitsOf();
    const codes = new Set<string>();
    let admitted = 0;
    for (const original of await originals()) {
      for (let round = 0; round < MUTATIONS_PER_FILE; round += 1) {
        try {
          const { width, height, frames, orientation } = inspect(mutated(original, random), limits);
          admitted += 1;
          expect(width * height * frames).to.be.within(1, limits.maxPixels);
          expect(frames).to.be.within(1, limits.maxFrames);
          expect(orientation).to.be.within(1, 8);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          codes.add(error.code);
        }
      }
    }
    expect(admitted).to.be.above(MUTATIONS_PER_FILE);
    expect([...codes]).to.include.members(["CORRUPT", "TRUNCATED", "TOO_MANY_PIXELS", "UNSUPPORTED_FORMAT"]);
  });

  it(`agrees with the decoder on the size, wherever both accept (seed ${SEED + 1})`, async () => {
    const random = seeded(SEED + 1);
    let compared = 0;
    for (const original of await originals()) {
      for (let round = 0; round < 150; round += 1) {
        const bytes = mutated(original, random);
        const header = headerOf(bytes);
        const found = await sharp(bytes, { pages: 1 })
          .metadata()
          .catch(() => undefined);
        if (!found || !header) continue;
        compared += 1;
        // Of AVIF, decoders tell the size as it is seen.
        const size = header.format === "avif" ? uprightSize(header) : header;
        expect([size.width, size.height], bytes.toString("base64")).to.deep.equal([
          found.width,
          found.height,
        ]);
      }
    }
    expect(compared).to.be.above(300);
  });
});

function headerOf(bytes: Buffer) {
  try {
    return inspect(bytes, limitsOf());
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
