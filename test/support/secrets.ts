// Pictures that know too much: where they were taken, in every place that a format has for it.
import { deflateSync } from "node:zlib";
import { exifSegment, segment, withSegments } from "./image-files/jpeg.ts";
import { big16, big32, latin1 } from "./image-files/numbers.ts";
import { chunk } from "./image-files/png.ts";
import { quarters } from "./pictures.ts";

export interface Secretive {
  bytes: Buffer;
  /** Each occurs in the bytes, and must not in any output. */
  secrets: Buffer[];
  /** The camera's maker: no secret to some, but one to others. */
  camera: Buffer;
}

/** 48° 51' 29.61" north as three fractions: how EXIF writes a place, in both byte orders. */
const LATITUDE = "48/1 51/1 2961/100";
const LATITUDE_NUMBERS = [48, 1, 51, 1, 2961, 100];

const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="48,51.4935N"/></rdf:RDF></x:xmpmeta>';

const CAMERA = latin1("SecretCam");
const CITY = "Villefranche-sous-Secret";

export async function secretive(format: "jpeg" | "png" | "webp" | "avif"): Promise<Secretive> {
  const tagged = quarters(120, 80)
    .withIccProfile("p3")
    .withExif({
      IFD0: { Copyright: "(c) Ada Example", Artist: "Ada Example", Make: "SecretCam" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: LATITUDE },
    })
    .withXmp(XMP);
  const bytes = await tagged.toFormat(format).toBuffer();
  const exif = [littleEndian(LATITUDE_NUMBERS)];
  if (format === "png") return withMoreOfPng(bytes, exif); // its XMP is compressed: a text says the same
  const secrets = [...exif, latin1("48,51.4935N")];
  return format === "jpeg" ? withMoreOfJpeg(bytes, secrets) : { bytes, secrets, camera: CAMERA };
}

/** An EXIF thumbnail with a picture of its own, IPTC, a comment, and an EXIF block in the other byte order. */
async function withMoreOfJpeg(bytes: Buffer, secrets: Buffer[]): Promise<Secretive> {
  const more = withSegments(bytes, iptcSegment([90, CITY]), segment(0xfe, latin1("taken at SecretPlace")));
  const thumbnail = withSegments(
    await quarters(16, 12).jpeg().toBuffer(),
    segment(0xfe, latin1("SecretThumb")),
  );
  return {
    bytes: Buffer.concat([
      more.subarray(0, 2),
      exifSegment(withThumbnail(thumbnail)),
      more.subarray(2),
      latin1("SecretTail"),
    ]),
    camera: CAMERA,
    secrets: [...secrets, ...["SecretThumb", CITY, "SecretPlace", "SecretTail"].map(latin1)],
  };
}

/** JPEG's segment with texts by their number in IPTC's second record: 80 the author, 90 the city, 116 the copyright. */
export function iptcSegment(...texts: readonly (readonly [number, string])[]): Buffer {
  const iptc = Buffer.concat(
    texts.map(([dataset, text]) => {
      const bytes = Buffer.from(text);
      return Buffer.concat([Buffer.from([0x1c, 2, dataset]), big16(bytes.length), bytes]);
    }),
  );
  const resource = Buffer.concat([latin1("8BIM"), big16(0x0404), big16(0), big32(iptc.length), iptc]);
  return segment(0xed, Buffer.concat([latin1("Photoshop 3.0\0"), resource, Buffer.alloc(iptc.length % 2)]));
}

function withMoreOfPng(bytes: Buffer, secrets: Buffer[]): Secretive {
  const at = bytes.indexOf("IDAT") - 4;
  const texts = [
    chunk("tEXt", latin1("Comment\0taken at SecretPlace")),
    chunk("iTXt", latin1(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`)),
    chunk("zTXt", Buffer.concat([latin1("Place\0\0"), deflateSync(CITY)])),
  ];
  return {
    bytes: Buffer.concat([bytes.subarray(0, at), ...texts, bytes.subarray(at), latin1("SecretTail")]),
    camera: CAMERA,
    secrets: [...secrets, ...["SecretPlace", "SecretTail", "48,51.4935N"].map(latin1)],
  };
}

/** A TIFF file whose second directory is the thumbnail. */
export function withThumbnail(jpeg: Buffer): Buffer {
  const entry = (tag: number, value: number) => Buffer.concat([big16(tag), big16(4), big32(1), big32(value)]);
  const thumbnailAt = 8 + 6 + 2 + 2 * 12 + 4;
  return Buffer.concat([
    latin1("MM\0*"),
    big32(8),
    big16(0),
    big32(14),
    big16(2),
    entry(0x0201, thumbnailAt),
    entry(0x0202, jpeg.length),
    big32(0),
    jpeg,
  ]);
}

function littleEndian(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes;
}
