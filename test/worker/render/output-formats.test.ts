// What a variant does not say, its format does; and what only some encoders take, every format takes.
import { expect } from "chai";
import { RENDITION_FORMATS } from "../../../settings/variant.ts";
import { developOne } from "../../support/develop.ts";
import { grain } from "../../support/pictures.ts";

describe("render, by format", () => {
  const source = () => grain(64, 48).png().toBuffer();

  for (const [format, quality] of [
    ["avif", 50],
    ["webp", 78],
    ["jpeg", 80],
  ] as const) {
    it(`makes ${format} of quality ${quality} where none is said`, async () => {
      const image = await source();
      const of = async (fields: object) =>
        (await developOne(image, { width: 64, formats: [format], ...fields })).body;

      const unsaid = await of({});

      expect(Buffer.compare(unsaid, await of({ quality }))).to.equal(0);
      expect(Buffer.compare(unsaid, await of({ quality: quality - 10 }))).to.not.equal(0);
    });
  }

  for (const format of RENDITION_FORMATS) {
    it(`takes the most effort for ${format}, whatever its encoder has`, async () => {
      const { body } = await developOne(await source(), { width: 64, formats: [format], effort: 9 });

      expect(body.length).to.be.above(100);
    });
  }
});
