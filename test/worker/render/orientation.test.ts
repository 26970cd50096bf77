import { expect } from "chai";
import sharp from "sharp";
import { developOne } from "../../support/develop.ts";
import * as avif from "../../support/image-files/avif.ts";
import { orientationBlock } from "../../support/image-files/exif.ts";
import { exifSegment, withSegments } from "../../support/image-files/jpeg.ts";
import { distance, quarterColours } from "../../support/look-at.ts";
import { BLUE, GREEN, quarters, RED, YELLOW } from "../../support/pictures.ts";

/** What is seen of red, green / blue, yellow as stored, by the EXIF standard. */
const SEEN = [
  [RED, GREEN, BLUE, YELLOW],
  [GREEN, RED, YELLOW, BLUE],
  [YELLOW, BLUE, GREEN, RED],
  [BLUE, YELLOW, RED, GREEN],
  [RED, BLUE, GREEN, YELLOW],
  [BLUE, RED, YELLOW, GREEN],
  [YELLOW, GREEN, BLUE, RED],
  [GREEN, YELLOW, RED, BLUE],
];

describe("render, of turned images", () => {
  for (const format of ["jpeg", "png", "webp", "avif"] as const) {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      it(`stands ${format} with orientation ${orientation} upright`, async () => {
        const options = format === "png" ? {} : { quality: 95 };
        const source = await quarters(120, 80)
          .withMetadata({ orientation })
          .toFormat(format, options)
          .toBuffer();

        const { width, height, body } = await developOne(source, { width: 40 });

        expect([width, height]).to.deep.equal(orientation >= 5 ? [40, 60] : [40, 27]);
        const colours = await quarterColours(body);
        for (const [quarter, colour] of colours.entries()) {
          expect(distance(colour, SEEN[orientation - 1]![quarter]!), `quarter ${quarter}`).to.be.below(25);
        }
        expect((await sharp(body).metadata()).orientation).to.equal(undefined);
      });
    }
  }

  it("keeps the shape of an image whose EXIF blocks say different things", async () => {
    const plain = await quarters(120, 80).jpeg().toBuffer();
    const source = withSegments(plain, exifSegment(orientationBlock(1)), exifSegment(orientationBlock(6)));

    const { width, height, body } = await developOne(source, { width: 40 });

    expect([width, height]).to.deep.equal([40, 60]);
    expect(distance((await quarterColours(body))[0]!, BLUE)).to.be.below(25);
  });

  it("crops an AVIF as its clean aperture says", async () => {
    const { codec, data } = avif.partsOf(
      await quarters(120, 80).avif({ chromaSubsampling: "4:2:0" }).toBuffer(),
    );
    const properties = [avif.sizeProperty(120, 80), codec, avif.cropProperty(60, 60), avif.turnProperty(1)];

    const { width, height } = await developOne(avif.avifOf({ properties, data }), { width: 300 });

    expect([width, height]).to.deep.equal([60, 60]);
  });
});
