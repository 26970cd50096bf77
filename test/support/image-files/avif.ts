// AVIF files by hand: the coded picture of a real one, in boxes of our own, with the properties that are asked for.
import { big16, big32, latin1 } from "./numbers.ts";

export function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([big32(8 + body.length), latin1(type), body]);
}

export function fullBox(type: string, version: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  return box(type, big32((version << 24) | flags), ...parts);
}

export function sizeProperty(width: number, height: number): Buffer {
  return fullBox("ispe", 0, 0, big32(width), big32(height));
}

export function turnProperty(quarters: number): Buffer {
  return box("irot", Buffer.from([quarters]));
}

/** A crop to width × height, in the middle. */
export function cropProperty(width: number, height: number): Buffer {
  return box("clap", ...[width, 1, height, 1, 0, 1, 0, 1].map(big32));
}

interface Parts {
  /** Of the primary item. */
  properties: readonly Buffer[];
  /** Of another item, which is listed first. */
  others?: readonly Buffer[];
  /** The item's coded picture. */
  data: Buffer;
  brand?: string;
}

/** Version 0 boxes throughout, as most writers make them. */
export function avifOf({ properties, others = [], data, brand = "avif" }: Parts): Buffer {
  const file = (dataAt: number) => {
    const item = fullBox("infe", 2, 0, big16(1), big16(0), latin1("av01"), Buffer.from([0]));
    const associations = [
      ...(others.length > 0 ? [association(2, others, 0)] : []),
      association(1, properties, others.length),
    ];
    const meta = fullBox(
      "meta",
      0,
      0,
      fullBox("hdlr", 0, 0, big32(0), latin1("pict"), Buffer.alloc(13)),
      fullBox("pitm", 0, 0, big16(1)),
      fullBox(
        "iloc",
        0,
        0,
        Buffer.from([0x44, 0]),
        big16(1),
        big16(1),
        big16(0),
        big16(1),
        big32(dataAt),
        big32(data.length),
      ),
      fullBox("iinf", 0, 0, big16(1), item),
      box(
        "iprp",
        box("ipco", ...others, ...properties),
        fullBox("ipma", 0, 0, big32(associations.length), ...associations),
      ),
    );
    return Buffer.concat([box("ftyp", latin1(brand), big32(0), latin1("mif1"), latin1(brand)), meta]);
  };
  const head = file(0);
  return Buffer.concat([file(head.length + 8), box("mdat", data)]);
}

/** An item of EXIF in so many pieces, each said to have so many bytes: all of them the same ones, or none. */
export function avifWithExif({ pieces, pieceBytes, items = 1, version = 0 }: ExifPieces): Buffer {
  const ids = Array.from({ length: items }, (_, index) => big16(2 + index));
  const entries = ids.map((id) => fullBox("infe", 2, 0, id, big16(0), latin1("Exif"), Buffer.from([0])));
  const piece = Buffer.concat([big32(0), big32(pieceBytes)]);
  const all = Buffer.concat(Array.from({ length: pieces }, () => piece));
  const construction = Buffer.alloc(version === 0 ? 0 : 2);
  const places = ids.map((id) => Buffer.concat([id, construction, big16(0), big16(pieces), all]));
  const size = sizeProperty(2, 2);
  return Buffer.concat([
    box("ftyp", latin1("avif\0\0\0\0avif")),
    fullBox(
      "meta",
      0,
      0,
      fullBox("pitm", 0, 0, big16(1)),
      fullBox("iinf", 0, 0, big16(items), ...entries),
      fullBox("iloc", version, 0, Buffer.from([0x44, 0]), big16(items), ...places),
      box("iprp", box("ipco", size), fullBox("ipma", 0, 0, big32(1), association(1, [size], 0))),
    ),
  ]);
}

interface ExifPieces {
  pieces: number;
  pieceBytes: number;
  items?: number;
  /** Of the box that says where they are. */
  version?: 0 | 1;
}

/** `before` properties come first in the list, which counts from one; the top bit says "essential". */
function association(item: number, properties: readonly Buffer[], before: number): Buffer {
  const places = properties.map((_, index) => 0x80 | (before + index + 1));
  return Buffer.concat([big16(item), Buffer.from([places.length, ...places])]);
}

/** The coded picture and codec property of an AVIF file that sharp wrote, for `avifOf`. */
export function partsOf(avif: Buffer): { codec: Buffer; data: Buffer } {
  const codecAt = avif.indexOf("av1C") - 4;
  const dataAt = avif.indexOf("mdat") + 4;
  return { codec: avif.subarray(codecAt, codecAt + avif.readUInt32BE(codecAt)), data: avif.subarray(dataAt) };
}
