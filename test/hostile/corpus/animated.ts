// GIF and WebP: still, moving, damaged, and with more frames than anybody watches.
import { comment, gifOf } from "../../support/image-files/gif.ts";
import { latin1, little16, little24, little32 } from "../../support/image-files/numbers.ts";
import * as webp from "../../support/image-files/webp.ts";
import { flatFrames, grain, quarters } from "../../support/pictures.ts";
import { type Case, group } from "./case.ts";

const screen = { width: 8, height: 8 };
const frames = (count: number, frame: object = {}) =>
  Array.from({ length: count }, () => ({ ...screen, ...frame }));

async function gifs(): Promise<Case[]> {
  const file = group("GIF");
  const bombs = group("bomb: frames");
  const moving = await flatFrames(40, 30, 6).gif().toBuffer();
  const patched = (at: number, value: number) => {
    const bytes = Buffer.from(moving);
    bytes[at] = value;
    return bytes;
  };
  const lyingFrame = gifOf(screen, frames(1));
  lyingFrame.fill(0xff, lyingFrame.indexOf(0x2c) + 5, lyingFrame.indexOf(0x2c) + 9);
  const large = gifOf({ width: 8, height: 8 }, frames(1), comment(Buffer.alloc(17_000_000, 65)));
  return [
    file("still", gifOf(screen, frames(1)), "rendition"),
    file("moving", moving, "rendition"),
    file("moving, by hand", gifOf({ ...screen, loop: 0 }, frames(5)), "rendition"),
    file("no delay", gifOf(screen, frames(3, { delay: 0 })), "rendition"),
    file("longest delay", gifOf(screen, frames(3, { delay: 65_535 })), "rendition"),
    file("version 87a", patched(4, 0x37), "rendition"),
    file("no frame", gifOf(screen, []), "CORRUPT"),
    file("no screen", gifOf({ width: 0, height: 0 }, frames(1)), "rendition"),
    file("screen of a monitor", gifOf({ width: 800, height: 600 }, frames(2)), "rendition"),
    file("first frame beyond the screen", gifOf(screen, frames(2, { left: 4, top: 4 })), "rendition"),
    file(
      "later frame beyond the screen",
      gifOf(screen, [screen, { ...screen, left: 100, top: 100 }]),
      "rendition",
      "CORRUPT",
    ),
    file("frame of no size", gifOf(screen, [{ width: 0, height: 0 }]), "rendition", "CORRUPT"),
    file("no trailer", moving.subarray(0, -1), "rendition"),
    file("code size 12", patched(moving.length - 30, 12), "rendition", "CORRUPT", "TRUNCATED"),
    file("65535² screen", gifOf({ width: 65_535, height: 65_535 }, frames(1)), "rendition"),
    file("65535² frame", lyingFrame, "TOO_MANY_PIXELS"),
    bombs("GIF of 200 frames", gifOf(screen, frames(200)), "rendition"),
    bombs("GIF of 201 frames", gifOf(screen, frames(201)), "TOO_MANY_FRAMES"),
    bombs("GIF of 100000 frames", gifOf(screen, frames(100_000)), "TOO_MANY_FRAMES"),
    bombs("GIF of 17 MB of comments", large, "METADATA_TOO_LARGE"),
  ];
}

async function webps(): Promise<Case[]> {
  const file = group("WebP");
  const bombs = group("bomb: frames");
  const lies = group("bomb: lying header");
  const picture = () => quarters(64, 48);
  const lossy = await picture().webp().toBuffer();
  const lossless = await picture().webp({ lossless: true }).toBuffer();
  const tiny = await quarters(8, 8).webp({ lossless: true }).toBuffer();
  const still = (bytes: Buffer) => bytes.subarray(12);
  const beyond = webp.animationOf(lossy, 64, 48, 3);
  little24(500).copy(beyond, beyond.indexOf("ANMF") + 8);
  const huge = Buffer.from(lossless);
  huge.writeUInt32LE(0x0fffffff, huge.indexOf("VP8L") + 9); // 16384 × 16384
  const flags = [0x02, 0x04, 0x08, 0x10, 0x20, 0xff].map((flag) =>
    file(
      `flags ${flag.toString(16)} and nothing behind them`,
      webp.riff(webp.extendedHeader(64, 48, flag), still(lossy)),
      "rendition",
      "CORRUPT",
    ),
  );
  return [
    file("lossy", lossy, "rendition"),
    file("lossless", lossless, "rendition"),
    file("lossy with alpha", await picture().ensureAlpha(0.5).webp().toBuffer(), "rendition"),
    file("noise", await grain(64, 48).webp({ lossless: true }).toBuffer(), "rendition"),
    file("moving", webp.animationOf(lossy, 64, 48, 5), "rendition"),
    file("moving, by libwebp", await flatFrames(40, 30, 6).webp().toBuffer(), "rendition"),
    ...flags,
    file("canvas larger than its picture", webp.riff(webp.extendedHeader(640, 480), still(lossy)), "CORRUPT"),
    file("canvas smaller than its picture", webp.riff(webp.extendedHeader(6, 4), still(lossy)), "CORRUPT"),
    file("frame beyond the canvas", beyond, "CORRUPT"),
    file("no chunk", webp.riff(), "CORRUPT"),
    file("empty picture", webp.riff(webp.webpChunk("VP8 ", Buffer.alloc(10))), "CORRUPT"),
    file(
      "random picture",
      webp.riff(webp.webpChunk("VP8 ", Buffer.from("random \x01\x00\x01\x00 pixels"))),
      "CORRUPT",
    ),
    file(
      "animation without frames",
      webp.riff(
        webp.extendedHeader(9, 9, 2),
        webp.webpChunk("ANIM", Buffer.concat([little32(0), little16(0)])),
      ),
      "CORRUPT",
    ),
    file(
      "length of four gigabytes",
      Buffer.concat([latin1("RIFF"), little32(0xfffffff6), latin1("WEBP"), still(lossy)]),
      "TRUNCATED",
    ),
    lies("WebP 16384²", huge, "TOO_MANY_PIXELS"),
    lies(
      "WebP canvas 16777216²",
      webp.riff(webp.extendedHeader(0x1000000, 0x1000000), still(lossy)),
      "TOO_MANY_PIXELS",
    ),
    lies("WebP canvas 7000²", webp.riff(webp.extendedHeader(7000, 7000), still(lossy)), "CORRUPT"),
    bombs("WebP of 200 frames", webp.animationOf(tiny, 8, 8, 200), "rendition"),
    bombs("WebP of 201 frames", webp.animationOf(tiny, 8, 8, 201), "TOO_MANY_FRAMES"),
    bombs("WebP of 100000 frames", webp.animationOf(tiny, 8, 8, 100_000), "TOO_MANY_FRAMES"),
    bombs(
      "WebP of 60 frames of a megapixel",
      webp.animationOf(await quarters(1000, 1000).webp().toBuffer(), 1000, 1000, 60),
      "TOO_MANY_PIXELS",
    ),
    bombs(
      "WebP of 49 frames of a megapixel",
      webp.animationOf(await quarters(1000, 1000).webp().toBuffer(), 1000, 1000, 49),
      "rendition",
    ),
  ];
}

export async function animatedCases(): Promise<Case[]> {
  return [...(await gifs()), ...(await webps())];
}
