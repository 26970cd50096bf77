// What photos say about those who took them must not leave the house.
import { expect } from "chai";
import sharp from "sharp";
import { RENDITION_FORMATS } from "../../../settings/variant.ts";
import { develop } from "../../support/develop.ts";
import { secretive } from "../../support/secrets.ts";

describe("render, by default", () => {
  for (const format of ["jpeg", "png", "webp", "avif"] as const) {
    it(`leaves nothing of a ${format}'s metadata in any output`, async () => {
      const { bytes, secrets } = await secretive(format);
      for (const secret of secrets)
        expect(bytes.includes(secret), `the source holds ${secret}`).to.equal(true);

      const { images } = await develop(bytes, { name: "small", width: 60, formats: [...RENDITION_FORMATS] });

      expect(images).to.have.lengthOf(4);
      for (const { format: output, body } of images) {
        for (const secret of secrets)
          expect(Buffer.from(body).includes(secret), `${secret} in ${output}`).to.equal(false);
        const { exif, xmp, iptc, icc, comments } = await sharp(body).metadata();
        expect({ exif, xmp, iptc, icc, comments }, output).to.deep.equal({
          exif: undefined,
          xmp: undefined,
          iptc: undefined,
          icc: undefined,
          comments: undefined,
        });
      }
    });
  }
});
