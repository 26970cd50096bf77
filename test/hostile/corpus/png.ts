// PNG: every legal depth and colour type, every illegal header, damaged chunks, and bombs.
import { crc32, deflateSync } from "node:zlib";
import { big32, latin1 } from "../../support/image-files/numbers.ts";
import {
  blackPng,
  chunk,
  deflatedZeros,
  imageHeader,
  PNG_SIGNATURE,
  palette,
  patternPng,
  pngOf,
} from "../../support/image-files/png.ts";
import { seeded } from "../../support/seeded.ts";
import { type Case, group } from "./case.ts";

const small = { width: 32, height: 32 };
const zeros = (rows: number, rowBytes: number) => chunk("IDAT", deflateSync(Buffer.alloc(rows * rowBytes)));

const LEGAL_DEPTHS: Record<number, number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

function legal(): Case[] {
  const file = group("PNG, legal");
  return Object.entries(LEGAL_DEPTHS).flatMap(([type, depths]) =>
    depths.flatMap((depth) => {
      const header = { ...small, depth, colourType: Number(type) };
      const before = type === "3" ? [palette(2 ** depth)] : [];
      return [
        file(`type ${type}, ${depth} bits`, patternPng(header, ...before), "rendition"),
        file(
          `type ${type}, ${depth} bits, interlaced`,
          blackPng({ ...header, interlaced: true }, ...before),
          "rendition",
        ),
      ];
    }),
  );
}

function odd(): Case[] {
  const file = group("PNG, legal");
  const transparent = chunk("tRNS", Buffer.from([0, 255]));
  return [
    file(
      "palette with alpha",
      patternPng({ ...small, depth: 1, colourType: 3 }, palette(2), transparent),
      "rendition",
    ),
    file(
      "RGB with one transparent colour",
      patternPng(small, chunk("tRNS", Buffer.from([0, 0, 0, 7, 0, 14]))),
      "rendition",
    ),
    file("1 × 1", patternPng({ width: 1, height: 1 }), "rendition"),
    file("1 × 60000", blackPng({ width: 1, height: 60_000 }), "rendition"),
    file("60000 × 1", blackPng({ width: 60_000, height: 1 }), "rendition"),
    file("unknown ancillary chunk", patternPng(small, chunk("prVt", Buffer.from("x"))), "rendition"),
    file("garbage colour profile", patternPng(small, profile(seeded(1).bytes(500))), "rendition"),
  ];
}

const profile = (data: Buffer) => chunk("iCCP", Buffer.concat([latin1("p\0\0"), deflateSync(data)]));

function illegal(): Case[] {
  const file = group("PNG, damaged");
  const withByte = (at: number, value: number) => {
    const bytes = patternPng(small);
    bytes[at] = value;
    bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
    return bytes;
  };
  const damaged = (name: string) => {
    const bytes = patternPng(small);
    const at = bytes.indexOf(name);
    bytes[at + 4 + bytes.readUInt32BE(at - 4)]! ^= 0xff;
    return bytes;
  };
  const headers = [0, 3, 5, 7, 9, 17, 255].map((depth) =>
    file(`${depth} bits`, withByte(24, depth), "CORRUPT"),
  );
  const types = [1, 5, 7, 8, 255].map((type) => file(`colour type ${type}`, withByte(25, type), "CORRUPT"));
  return [
    ...headers,
    ...types,
    file("compression 1", withByte(26, 1), "CORRUPT"),
    file("filter method 1", withByte(27, 1), "CORRUPT"),
    file("interlace 2", withByte(28, 2), "CORRUPT"),
    file("no width", pngOf({ width: 0, height: 9 }, zeros(1, 10)), "CORRUPT"),
    file("no height", pngOf({ width: 9, height: 0 }, zeros(1, 10)), "CORRUPT"),
    file("wrong checksum of IHDR", damaged("IHDR"), "CORRUPT"),
    file("wrong checksum of IDAT", damaged("IDAT"), "CORRUPT"),
    file("random pixels", pngOf(small, chunk("IDAT", seeded(2).bytes(200))), "CORRUPT"),
    file("unknown filter", pngOf(small, chunk("IDAT", deflateSync(Buffer.alloc(32 * 97, 9)))), "CORRUPT"),
    file("half of the rows", pngOf(small, zeros(16, 97)), "CORRUPT", "TRUNCATED"),
    file("no pixels", pngOf(small), "CORRUPT", "TRUNCATED"),
    file("palette missing", pngOf({ ...small, colourType: 3 }, zeros(32, 33)), "CORRUPT"),
    file("unknown critical chunk", patternPng(small, chunk("EVIL")), "CORRUPT", "rendition"),
    file("two headers", patternPng(small, imageHeader(small)), "CORRUPT", "rendition"),
    file("no end", patternPng(small).subarray(0, -12), "TRUNCATED"),
    file(
      "length of four gigabytes",
      Buffer.concat([PNG_SIGNATURE, imageHeader(small), latin1("\xff\xff\xff\xffIDAT")]),
      "TRUNCATED",
    ),
    file("signature alone", PNG_SIGNATURE, "TRUNCATED"),
  ];
}

/** Inflated they are gigabytes; making them takes seconds. */
export function pngBombs(): Case[] {
  const pixels = group("bomb: pixels");
  const lies = group("bomb: lying header");
  const inflating = group("bomb: zlib");
  const metadata = group("bomb: metadata");
  const square = (side: number, depth: number, colourType: number, interlaced = false) =>
    blackPng({ width: side, height: side, depth, colourType, interlaced });
  const lie = (width: number, height: number, interlaced = false) =>
    pngOf(
      { width, height, depth: 16, colourType: 6, interlaced },
      chunk("IDAT", deflateSync(Buffer.alloc(100))),
    );
  const hundred = deflatedZeros(100_000_000);
  const text = (type: string, head: string) =>
    patternPng(small, chunk(type, Buffer.concat([latin1(head), hundred])));
  return [
    pixels("PNG 16383², 1 bit", square(16_383, 1, 0), "TOO_MANY_PIXELS"),
    pixels("PNG 30000², 1 bit", square(30_000, 1, 0), "TOO_MANY_PIXELS"),
    pixels("PNG 7071², 1 bit", square(7071, 1, 0), "rendition"),
    pixels("PNG 7072², 1 bit", square(7072, 1, 0), "TOO_MANY_PIXELS"),
    pixels("PNG 7071², 16 bits RGBA", square(7071, 16, 6), "rendition"),
    pixels(
      "PNG 65535 × 762, 16 bits RGBA",
      blackPng({ width: 65_535, height: 762, depth: 16, colourType: 6 }),
      "rendition",
    ),
    pixels(
      "PNG 762 × 65535, 16 bits RGBA",
      blackPng({ width: 762, height: 65_535, depth: 16, colourType: 6 }),
      "rendition",
    ),
    pixels("PNG 7071², 16 bits RGBA, interlaced", square(7071, 16, 6, true), "rendition"),
    lies("PNG 2³¹-1 square", lie(0x7fffffff, 0x7fffffff), "TOO_MANY_PIXELS"),
    lies("PNG 2³²-1 wide", lie(0xffffffff, 1), "TOO_MANY_PIXELS"),
    lies("PNG 2³¹ wide", lie(0x80000000, 1), "TOO_MANY_PIXELS"),
    lies("PNG 100000²", lie(100_000, 100_000), "TOO_MANY_PIXELS"),
    lies("PNG 16000², interlaced", lie(16_000, 16_000, true), "TOO_MANY_PIXELS"),
    lies("PNG 7000²", lie(7000, 7000), "CORRUPT", "TRUNCATED"),
    lies("PNG 7000², interlaced", lie(7000, 7000, true), "CORRUPT", "TRUNCATED"),
    lies("PNG 50000000 × 1", lie(50_000_000, 1), "TOO_MANY_PIXELS"),
    lies("PNG 65535 × 762, 16 bits", lie(65_535, 762), "CORRUPT"),
    lies("PNG 65536 × 1", lie(65_536, 1), "TOO_MANY_PIXELS"),
    inflating(
      "PNG with 100 MB behind its rows",
      pngOf(small, chunk("IDAT", deflatedZeros(100_000_000))),
      "rendition",
      "CORRUPT",
    ),
    inflating("PNG with 100 MB of zTXt", text("zTXt", "Comment\0\0"), "rendition"),
    inflating("PNG with 100 MB of iTXt", text("iTXt", "XML:com.adobe.xmp\0\x01\0\0\0"), "rendition"),
    inflating("PNG with 100 MB of profile", text("iCCP", "p\0\0"), "rendition", "CORRUPT"),
    metadata(
      "PNG with 2000 texts",
      patternPng(small, ...many(2000, (index) => chunk("tEXt", latin1(`k${index}\0v`)))),
      "rendition",
      "CORRUPT",
    ),
    metadata(
      "PNG with 20000 chunks",
      patternPng(small, ...many(20_000, () => chunk("prVt", latin1("x")))),
      "rendition",
    ),
    metadata(
      "PNG with 7 MB of EXIF",
      patternPng(small, chunk("eXIf", Buffer.alloc(7_000_000, "MM\0*"))),
      "rendition",
    ),
    metadata(
      "PNG with 17 MB of text",
      patternPng(small, chunk("tEXt", Buffer.alloc(17_000_000, 65))),
      "METADATA_TOO_LARGE",
    ),
    metadata(
      "PNG that claims 2 GB of text",
      Buffer.concat([PNG_SIGNATURE, imageHeader(small), big32(0x7fffffff), latin1("tEXta\0b")]),
      "TRUNCATED",
    ),
  ];
}

function many(count: number, make: (index: number) => Buffer): Buffer[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export function pngCases(): Case[] {
  return [...legal(), ...odd(), ...illegal()];
}
