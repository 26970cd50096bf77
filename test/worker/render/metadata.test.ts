// What photos say about those who took them must not leave the house, whatever else is kept.
import { expect } from "chai";
import sharp from "sharp";
import { METADATA_POLICIES, RENDITION_FORMATS } from "../../../settings/variant.ts";
import { expectNoPlace } from "../../../worker/render/metadata.ts";
import { rightsOf } from "../../../worker/render/rights.ts";
import { type MarkFolder, markPng, marksFolder } from "../../support/a-mark.ts";
import { develop, developOne } from "../../support/develop.ts";
import { exifSegment, withSegments } from "../../support/image-files/jpeg.ts";
import { mutated } from "../../support/mutate.ts";
import { quarters } from "../../support/pictures.ts";
import { rejection } from "../../support/rejection.ts";
import { iptcSegment, secretive, withThumbnail } from "../../support/secrets.ts";
import { seeded } from "../../support/seeded.ts";

const SOURCES = ["jpeg", "png", "webp", "avif"] as const;
const SECRET_OF_MARK = { IFD0: { Copyright: "SecretMark" } };

describe("render, of photos that tell a place", () => {
  let marks: MarkFolder;
  let watermark: { image: string };

  before(async () => {
    marks = marksFolder();
    const mark = await markPng({ width: 40, height: 20 });
    // A mark has secrets too.
    watermark = {
      image: marks.write("mark.png", await sharp(mark).withExif(SECRET_OF_MARK).png().toBuffer()),
    };
  });
  after(() => marks.remove());

  for (const metadata of METADATA_POLICIES) {
    for (const format of SOURCES) {
      it(`lets none of a ${format}'s secrets out, keeping ${metadata}`, async () => {
        const { bytes, secrets, camera } = await secretive(format);
        for (const secret of [...secrets, camera]) expect(bytes.includes(secret), `${secret}`).to.equal(true);
        const variant = { width: 60, metadata, formats: [...RENDITION_FORMATS] };

        const { images } = await develop(
          bytes,
          { name: "plain", ...variant },
          { name: "wide", ...variant, gamut: "p3" },
          { name: "marked", ...variant, watermark },
        );

        expect(images).to.have.lengthOf(12);
        const hidden = metadata === "all-but-location" ? secrets : [...secrets, camera];
        const found = images.flatMap(({ variant: name, format: output, body }) =>
          [...hidden, Buffer.from("SecretMark")]
            .filter((secret) => Buffer.from(body).includes(secret))
            .map((secret) => `${secret} in ${name}.${output}`),
        );
        expect(found).to.deep.equal([]);
      });
    }
  }
});

describe("render, its metadata", () => {
  it("is none by default: no EXIF, XMP, IPTC, profile or comment", async () => {
    const { bytes } = await secretive("jpeg");
    const { images } = await develop(bytes, { name: "a", width: 60, formats: [...RENDITION_FORMATS] });

    for (const { format, body } of images) {
      const { exif, xmp, iptc, icc, comments } = await sharp(body).metadata();
      expect([exif, xmp, iptc, icc, comments], format).to.deep.equal(Array(5).fill(undefined));
    }
  });

  it("keeps author and copyright, in XMP with every letter", async () => {
    const { bytes } = await secretive("webp");
    for (const format of RENDITION_FORMATS) {
      const { body } = await developOne(bytes, { width: 60, formats: [format], metadata: "copyright" });

      const { exif, xmp } = await sharp(body).metadata();
      expect(exif?.includes("(c) Ada Example"), format).to.equal(true);
      expect(exif?.includes("SecretCam"), format).to.equal(false);
      expect(xmp?.toString(), format).to.include("(c) Ada Example</rdf:li>");
    }
  });

  const xmpWith = (properties: string) =>
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description>${properties}</rdf:Description></rdf:RDF></x:xmpmeta>`;
  const XMP_RIGHTS = xmpWith(
    "<dc:creator><rdf:Seq><rdf:li>Zoë &amp; Ann</rdf:li><rdf:li>B&#x6f;b&#xd800;</rdf:li></rdf:Seq></dc:creator>" +
      '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© GPS Photos &lt;Ltd&gt;</rdf:li>' +
      '<rdf:li xml:lang="de">andere</rdf:li></rdf:Alt></dc:rights>' +
      "<exif:GPSLatitude>48,51.4935N</exif:GPSLatitude>",
  );

  it("finds author and copyright in XMP where EXIF does not say them, and nothing else there", async () => {
    for (const format of ["jpeg", "png", "webp", "avif"] as const) {
      const source = await quarters(80, 60).withXmp(XMP_RIGHTS).toFormat(format).toBuffer();

      for (const metadata of ["copyright", "all-but-location"] as const) {
        const { body } = await developOne(source, { width: 40, formats: ["webp"], metadata });

        const xmp = (await sharp(body).metadata()).xmp?.toString();
        expect(xmp, format).to.include("<rdf:li>Zoë &#38; Ann; Bob\ufffd</rdf:li>");
        expect(xmp, format).to.include(">© GPS Photos &#60;Ltd&#62;</rdf:li>");
        expect(xmp, format).to.not.match(/48,51|andere/);
      }
      const { body } = await developOne(source, { width: 40, formats: ["webp"] });
      expect((await sharp(body).metadata()).xmp).to.equal(undefined);
    }
  });

  it("finds them in IPTC, and lets the city there", async () => {
    const source = withSegments(
      await quarters(80, 60).jpeg().toBuffer(),
      iptcSegment([90, "SecretCity"], [80, "Zoë"], [80, "Second"], [116, "© Agency"]),
    );

    const { body } = await developOne(source, { width: 40, formats: ["jpeg"], metadata: "copyright" });

    const { xmp, iptc } = await sharp(body).metadata();
    expect(xmp?.toString()).to.include("<rdf:li>Zoë</rdf:li>").and.include(">© Agency</rdf:li>");
    expect(iptc).to.equal(undefined);
    expect(Buffer.from(body).includes("SecretCity")).to.equal(false);
  });

  it("prefers what EXIF says", async () => {
    const source = await quarters(80, 60)
      .withExif({ IFD0: { Copyright: "EXIF's" } })
      .withXmp(XMP_RIGHTS)
      .jpeg()
      .toBuffer();

    const { body } = await developOne(source, { width: 40, formats: ["webp"], metadata: "copyright" });

    const xmp = (await sharp(body).metadata()).xmp?.toString();
    expect(xmp).to.include("EXIF&#39;s").and.include("Bob").and.not.include("GPS Photos");
  });

  it("is not read from blocks that are damaged, endless or too long", () => {
    const iptc = iptcSegment([80, "Zoë"], [116, "© Agency"]).subarray(4);
    const whole = { Artist: "Zoë", Copyright: "© Agency" };
    expect(rightsOf(undefined, iptc)).to.deep.equal(whole);
    for (let length = 0; length < iptc.length - 1; length += 1) {
      expect(Object.keys(rightsOf(undefined, iptc.subarray(0, length))).length).to.be.below(2);
    }
    const random = seeded(5);
    for (let round = 0; round < 500; round += 1) rightsOf(undefined, mutated(iptc, random));
    const long = `<dc:rights><rdf:Alt><rdf:li>${"x".repeat(1001)}</rdf:li></rdf:Alt></dc:rights>`;
    const endless = `<dc:rights>${"<rdf:li ".repeat(2_000_000)}`;
    for (const xmp of ["", "<dc:rights>", long, endless, `${endless}</dc:rights>`]) {
      expect(rightsOf(Buffer.from(xmp), undefined)).to.deep.equal({});
    }
  }).timeout(2000);

  it("keeps camera, exposure and time too when it is all but the place", async () => {
    const source = await quarters(80, 60)
      .withExif({
        IFD0: { Make: "Maker", Model: "Model", Copyright: "C & co <x>" },
        IFD2: {
          ExposureTime: "1/250",
          FNumber: "28/10",
          ISOSpeedRatings: "400",
          DateTimeOriginal: "2026:01:02 03:04:05",
          ExposureBiasValue: "-1/3",
          BodySerialNumber: "SERIAL-12345",
          UserComment: "near the SECRET house",
        },
        IFD3: { GPSLatitudeRef: "N", GPSLatitude: "48/1 51/1 2961/100" },
      })
      .jpeg()
      .toBuffer();
    expect(source.includes("SERIAL-12345") && source.includes("SECRET")).to.equal(true);

    for (const format of RENDITION_FORMATS) {
      const { body } = await developOne(source, {
        width: 40,
        formats: [format],
        metadata: "all-but-location",
      });

      const { exif, xmp } = await sharp(body).metadata();
      for (const kept of ["Maker", "Model", "C & co <x>", "2026:01:02 03:04:05"]) {
        expect(exif?.includes(kept), `${kept} in ${format}`).to.equal(true);
      }
      expect(exif?.includes(Buffer.from([1, 0, 0, 0, 250, 0, 0, 0]))).to.equal(true);
      expect(exif?.includes(Buffer.from([0xff, 0xff, 0xff, 0xff, 3, 0, 0, 0]))).to.equal(true);
      for (const gone of ["SERIAL-12345", "SECRET"]) expect(Buffer.from(body).includes(gone)).to.equal(false);
      expect(xmp?.toString()).to.include("C &#38; co &#60;x&#62;");
    }
  });

  it("is the same whether a photo has none, or a damaged block", async () => {
    const plain = await quarters(80, 60).jpeg().toBuffer();

    const { body } = await developOne(plain, { width: 40, formats: ["jpeg"], metadata: "all-but-location" });

    expect((await sharp(body).metadata()).exif).to.equal(undefined);
  });

  it("is proved: a file that tells a place, or hides a thumbnail, would not leave", async () => {
    const { bytes } = await secretive("jpeg");
    const gps = quarters(20, 20).withExif({ IFD3: { GPSLatitudeRef: "N" } });
    for (const tells of [
      bytes,
      await gps.webp().toBuffer(),
      await gps.png().toBuffer(),
      await gps.avif().toBuffer(),
      await quarters(20, 20).withXmp(XMP_RIGHTS).webp().toBuffer(),
    ]) {
      expect(await rejection(expectNoPlace(tells))).to.have.property("code", "UNKNOWN");
    }
    const plain = await quarters(20, 20).jpeg().toBuffer();
    const hiding = withSegments(plain, exifSegment(withThumbnail(plain)));
    expect(await rejection(expectNoPlace(hiding))).to.have.property("code", "UNKNOWN");
    await expectNoPlace(
      await quarters(20, 20)
        .withExif({ IFD0: { Copyright: "c" } })
        .jpeg()
        .toBuffer(),
    );
  });
});
