// Time grows with the file, never with its square: counted in bytes touched, so that a busy machine changes nothing.
import { expect } from "chai";
import { readAvif } from "../../../worker/inspect/avif.ts";
import { readGif } from "../../../worker/inspect/gif.ts";
import { readJpeg } from "../../../worker/inspect/jpeg.ts";
import { readPng } from "../../../worker/inspect/png.ts";
import { readWebp } from "../../../worker/inspect/webp.ts";
import * as avif from "../../support/image-files/avif.ts";
import { comment, gifOf } from "../../support/image-files/gif.ts";
import { jpegHead, segment, startOfFrame } from "../../support/image-files/jpeg.ts";
import { big16, big32 } from "../../support/image-files/numbers.ts";
import { chunk, patternPng } from "../../support/image-files/png.ts";
import * as webp from "../../support/image-files/webp.ts";

interface Touches {
  count: number;
}

/** A buffer that counts what is read through it, and through every view of it. */
function counting(bytes: Buffer, touches: Touches): Buffer {
  return new Proxy(bytes, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof name === "string" && /^\d+$/.test(name)) touches.count += 1;
      if (typeof value !== "function") return value;
      return (...given: never[]) => {
        const result = value.apply(target, given);
        touches.count += costOf(String(name), given, target, result);
        return Buffer.isBuffer(result) ? counting(result, touches) : result;
      };
    },
  });
}

function costOf(name: string, given: readonly unknown[], target: Buffer, result: unknown): number {
  const [, from = 0] = given as [unknown, number?];
  if (name === "indexOf")
    return (result === -1 ? target.length : Number(result)) - Math.min(from, target.length) + 1;
  if (name === "includes") return target.length;
  return typeof result === "string" ? result.length : 1;
}

const many = (count: number, part: Buffer) => Buffer.concat(Array.from({ length: count }, () => part));
const frame = { width: 2, height: 2 };
const still = webp.riff(webp.webpChunk("VP8 ", Buffer.alloc(10)));
const association = Buffer.concat([big16(1), Buffer.from([1, 0x81])]);

/** The worst we know for each reader, in any number. */
const FILES: Record<string, [read: (bytes: Buffer) => unknown, make: (count: number) => Buffer]> = {
  "JPEG of comments": [
    readJpeg,
    (count) => jpegHead(many(count, segment(0xfe, Buffer.alloc(1))), startOfFrame(9, 9)),
  ],
  "JPEG of fill bytes": [readJpeg, (count) => jpegHead(many(count, Buffer.from([0xff])), startOfFrame(9, 9))],
  "JPEG of stuffing": [
    readJpeg,
    (count) =>
      jpegHead(segment(0xfe, Buffer.alloc(1)), many(count, Buffer.from([0xff, 0])), startOfFrame(9, 9)),
  ],
  "PNG of chunks": [readPng, (count) => patternPng(frame, many(count, chunk("prVt", Buffer.alloc(1))))],
  "GIF of frames": [
    readGif,
    (count) =>
      gifOf(
        frame,
        Array.from({ length: count }, () => frame),
      ),
  ],
  "GIF of comments": [readGif, (count) => gifOf(frame, [frame], many(count, comment(Buffer.alloc(1))))],
  "WebP of frames": [readWebp, (count) => webp.animationOf(still, 2, 2, count)],
  "WebP of EXIF": [
    readWebp,
    (count) => webp.riff(webp.extendedHeader(2, 2), many(count, webp.webpChunk("EXIF", Buffer.alloc(2)))),
  ],
  "AVIF of properties": [
    readAvif,
    (count) =>
      avif.avifOf({
        properties: [avif.sizeProperty(2, 2), many(count, avif.box("free"))],
        data: Buffer.alloc(1),
      }),
  ],
  "AVIF of metadata": [readAvif, (count) => avif.avifWithExif({ items: count, pieces: 1, pieceBytes: 1 })],
  "AVIF of pieces": [readAvif, (count) => avif.avifWithExif({ pieces: count, pieceBytes: 1 })],
  "AVIF of associations": [
    readAvif,
    (count) =>
      Buffer.concat([
        avif.box("ftyp", Buffer.from("avif\0\0\0\0avif")),
        avif.fullBox(
          "meta",
          0,
          0,
          avif.fullBox("pitm", 0, 0, big16(1)),
          avif.box(
            "iprp",
            avif.box("ipco", avif.sizeProperty(2, 2)),
            many(count, avif.fullBox("ipma", 0, 0, big32(1), association)),
          ),
        ),
      ]),
  ],
};

function touchesOf(read: (bytes: Buffer) => unknown, bytes: Buffer): number {
  const touches = { count: 0 };
  read(counting(bytes, touches));
  return touches.count;
}

describe("inspect, of files made to be slow", () => {
  for (const [name, [read, make]] of Object.entries(FILES)) {
    it(`takes a ${name} in linear time`, () => {
      const few = touchesOf(read, make(1000));
      const more = touchesOf(read, make(4000));

      expect(few).to.be.above(1000);
      expect(more / few).to.be.within(1.5, 4.2);
    });
  }
});
