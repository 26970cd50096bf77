// JPEG: every coding, EXIF and profiles of all kinds, and headers that lie.
import sharp from "sharp";
import { exifBlock, orientationBlock } from "../../support/image-files/exif.ts";
import {
  exifSegment,
  jpegHead,
  profileSegments,
  segment,
  startOfFrame,
  withSegments,
} from "../../support/image-files/jpeg.ts";
import { big16, big32, latin1 } from "../../support/image-files/numbers.ts";
import { quarters } from "../../support/pictures.ts";
import { secretive } from "../../support/secrets.ts";
import { seeded } from "../../support/seeded.ts";
import { type Case, group } from "./case.ts";

const picture = () => quarters(160, 120);

async function legal(): Promise<Case[]> {
  const file = group("JPEG, legal");
  const made: Record<string, () => Promise<Buffer>> = {
    baseline: () => picture().jpeg().toBuffer(),
    progressive: () => picture().jpeg({ progressive: true }).toBuffer(),
    "4:4:4": () => picture().jpeg({ chromaSubsampling: "4:4:4" }).toBuffer(),
    mozjpeg: () => picture().jpeg({ mozjpeg: true }).toBuffer(),
    "quality 1": () => picture().jpeg({ quality: 1 }).toBuffer(),
    "quality 100": () => picture().jpeg({ quality: 100 }).toBuffer(),
    grey: () => picture().toColourspace("b-w").jpeg().toBuffer(),
    CMYK: () => picture().toColourspace("cmyk").jpeg().toBuffer(),
    "CMYK with profile": () => picture().toColourspace("cmyk").withIccProfile("cmyk").jpeg().toBuffer(),
    "P3 with profile": () => picture().withIccProfile("p3").jpeg().toBuffer(),
    "1 × 1": () => quarters(1, 1).jpeg().toBuffer(),
    "65500 × 1": () =>
      sharp({ create: { width: 65_500, height: 1, channels: 3, background: "#888" } })
        .jpeg()
        .toBuffer(),
  };
  const files = await Promise.all(
    Object.entries(made).map(async ([name, make]) => file(name, await make(), "rendition")),
  );
  const turned = await Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8].map(async (orientation) =>
      file(
        `orientation ${orientation}`,
        await picture().withMetadata({ orientation }).jpeg().toBuffer(),
        "rendition",
      ),
    ),
  );
  return [...files, ...turned];
}

const EXIF_POINTER = 0x8769;
const LONG = 4;

function exif(jpeg: Buffer): Case[] {
  const file = group("EXIF");
  const withBlock = (block: Buffer) => withSegments(jpeg, exifSegment(block));
  const loop = exifBlock([{ tag: EXIF_POINTER, type: LONG, count: 1, value: 8 }]);
  loop.writeUInt32LE(8, loop.length - 4);
  const astray = Buffer.from(orientationBlock(6));
  astray.writeUInt32LE(0xfffffff0, 4);
  const overflowing = exifBlock([{ tag: 0x010f, type: 2, count: 0xffffffff, value: 26 }]);
  const entries = Array.from({ length: 5000 }, (_, tag) => ({ tag, type: 3, count: 1, value: 1 }));
  const invalid = [0, 9, 255, 65_535].map((orientation) =>
    file(`orientation ${orientation}`, withBlock(orientationBlock(orientation)), "rendition"),
  );
  return [
    ...invalid,
    file("directory that contains itself", withBlock(loop), "rendition"),
    file("directory outside the block", withBlock(astray), "rendition"),
    file("four gigabytes of maker's name", withBlock(overflowing), "rendition"),
    file("5000 entries", withBlock(exifBlock(entries)), "rendition"),
    file("65 KB", withBlock(Buffer.concat([orientationBlock(1), Buffer.alloc(65_000, 65)])), "rendition"),
    file("empty block", withBlock(Buffer.alloc(0)), "rendition"),
    file(
      "two blocks at odds",
      withSegments(jpeg, exifSegment(orientationBlock(6)), exifSegment(orientationBlock(1))),
      "rendition",
    ),
    file("random block", withBlock(seeded(3).bytes(300)), "rendition"),
  ];
}

function profiles(jpeg: Buffer): Case[] {
  const file = group("colour profile");
  const head = (size: number) => {
    const bytes = Buffer.alloc(128);
    bytes.writeUInt32BE(size, 0);
    bytes.write("lcms", 4);
    bytes.writeUInt32BE(0x02400000, 8);
    bytes.write("mntrRGB XYZ ", 12);
    bytes.write("acsp", 36);
    return bytes;
  };
  const withProfile = (profile: Buffer) => withSegments(jpeg, ...profileSegments(profile));
  return [
    file("random", withProfile(seeded(4).bytes(1000)), "rendition"),
    file(
      "two billion tags",
      withProfile(Buffer.concat([head(400), big32(0x7fffffff), seeded(5).bytes(268)])),
      "rendition",
    ),
    file("header alone", withProfile(head(128)), "rendition"),
    file(
      "15 MB",
      withProfile(Buffer.concat([head(15_000_000), Buffer.alloc(15_000_000 - 128)])),
      "rendition",
    ),
    file("first of two parts", withSegments(jpeg, profileSegments(Buffer.alloc(100_000))[0]!), "rendition"),
  ];
}

function damaged(jpeg: Buffer): Case[] {
  const file = group("JPEG, damaged");
  const frame = startOfFrame(64, 64);
  const tables = jpeg.subarray(2, jpeg.indexOf(Buffer.from([0xff, 0xc0])));
  const scan = segment(0xda, Buffer.from([3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]));
  const coded = (code: number) => {
    const bytes = Buffer.from(jpeg);
    bytes[bytes.indexOf(Buffer.from([0xff, 0xc0])) + 1] = code;
    return bytes;
  };
  const noise = Buffer.from(jpeg);
  noise.fill(0x55, Math.floor(jpeg.length * 0.7), jpeg.length - 2);
  return [
    file("no frame", jpegHead(), "CORRUPT"),
    file("frame of no width", jpegHead(startOfFrame(0, 64)), "CORRUPT"),
    file("frame of no height", jpegHead(startOfFrame(64, 0)), "CORRUPT"),
    file("no scan", jpegHead(frame), "CORRUPT"),
    file("no tables", jpegHead(frame, scan), "CORRUPT", "TRUNCATED"),
    file("no pixels", jpegHead(tables, frame, scan), "CORRUPT", "TRUNCATED"),
    file("255 components", jpegHead(startOfFrame(64, 64, 0xc0, 255)), "CORRUPT", "UNSUPPORTED_FORMAT"),
    ...[0xc1, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf].map((code) =>
      file(
        `coding ${code.toString(16)}`,
        coded(code),
        "rendition",
        "CORRUPT",
        "UNSUPPORTED_FORMAT",
        "TRUNCATED",
      ),
    ),
    file("constant pixels", noise, "rendition", "CORRUPT", "TRUNCATED"),
    file("start alone", Buffer.from([0xff, 0xd8, 0xff]), "TRUNCATED"),
    file("segment of no length", jpegHead(Buffer.from([0xff, 0xe0, 0, 0]), frame), "CORRUPT"),
  ];
}

function bombs(progressive: Buffer, jpeg: Buffer): Case[] {
  const lies = group("bomb: lying header");
  const metadata = group("bomb: metadata");
  const sized = (bytes: Buffer, code: number, width: number, height: number) => {
    const copy = Buffer.from(bytes);
    const at = copy.indexOf(Buffer.from([0xff, code]));
    big16(height).copy(copy, at + 5);
    big16(width).copy(copy, at + 7);
    return copy;
  };
  const extended = Buffer.concat([latin1("http://ns.adobe.com/xmp/extension/\0"), Buffer.alloc(60_000, 88)]);
  const xmp = (segments: number) =>
    withSegments(jpeg, ...Array.from({ length: segments }, () => segment(0xe1, extended)));
  const comments = Array.from({ length: 100_000 }, () => Buffer.from([0xff, 0xfe, 0, 3, 65]));
  return [
    lies("JPEG 65500²", sized(jpeg, 0xc0, 65_500, 65_500), "TOO_MANY_PIXELS"),
    lies("JPEG 7000²", sized(jpeg, 0xc0, 7000, 7000), "TRUNCATED", "CORRUPT"),
    lies("JPEG 7000², progressive", sized(progressive, 0xc2, 7000, 7000), "TRUNCATED", "CORRUPT"),
    lies("JPEG 16000², progressive", sized(progressive, 0xc2, 16_000, 16_000), "TOO_MANY_PIXELS"),
    lies("JPEG 65500 × 700, progressive", sized(progressive, 0xc2, 65_500, 700), "TRUNCATED", "CORRUPT"),
    metadata("JPEG with 100000 comments", withSegments(jpeg, ...comments), "rendition"),
    metadata("JPEG with 12 MB of XMP", xmp(200), "rendition"),
    metadata("JPEG with 18 MB of XMP", xmp(300), "METADATA_TOO_LARGE"),
    metadata(
      "JPEG with a megabyte of fill bytes",
      withSegments(jpeg, Buffer.alloc(1_000_000, 0xff)),
      "rendition",
      "CORRUPT",
    ),
  ];
}

export async function jpegCases(): Promise<Case[]> {
  const jpeg = await picture().jpeg().toBuffer();
  const progressive = await picture().jpeg({ progressive: true }).toBuffer();
  const gps = group("EXIF")("places everywhere", (await secretive("jpeg")).bytes, "rendition");
  return [
    ...(await legal()),
    gps,
    ...exif(jpeg),
    ...profiles(jpeg),
    ...damaged(jpeg),
    ...bombs(progressive, jpeg),
  ];
}
