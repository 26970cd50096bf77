// The one decode of an image: upright, in sRGB, at the size asked for. JPEG and WebP are shrunk while they are loaded.
import "./sharp-setup.ts";
import sharp, { type Sharp } from "sharp";
import type { Header } from "../inspect/header.ts";
import type { Size } from "./geometry.ts";
import { type Pixels, toPixels } from "./pixels.ts";

/** `upright` is the size after the orientation is applied. */
export async function decode(source: Uint8Array, header: Header, upright: Size): Promise<Pixels> {
  const pipeline = sharp(source, {
    // The decoder must find what the header said, and no more.
    limitInputPixels: header.width * header.height,
    // A warning means missing or damaged data: an image that is half grey must not pass for a good one.
    failOn: "warning",
    pages: 1,
  });
  // Grey and CMYK come out as RGB, by the embedded profile where there is one, and without metadata: sharp's default.
  return toPixels(uprighted(await inSrgb(pipeline, header), header, upright));
}

/** Of more than 8 bits with a profile, whichever it is, sharp makes P3, and would leave it so: half as colourful. */
async function inSrgb(pipeline: Sharp, { format }: Header): Promise<Sharp> {
  if (format !== "png" && format !== "avif") return pipeline;
  const { depth, hasProfile } = await pipeline.metadata();
  return depth === "ushort" && hasProfile ? pipeline.withIccProfile("srgb", { attach: false }) : pipeline;
}

/** What each EXIF orientation asks for: the order is sharp's own, mirrors first. */
const TURNS: readonly { angle: number; mirror?: "flip" | "flop" }[] = [
  { angle: 0 },
  { angle: 0, mirror: "flop" },
  { angle: 180 },
  { angle: 0, mirror: "flip" },
  { angle: 90, mirror: "flip" },
  { angle: 90 },
  { angle: 90, mirror: "flop" },
  { angle: 270 },
];

/**
 * Resized and turned, by the header's orientation, not by what the decoder reads from the same EXIF block: where a damaged one is read in two
 * ways, all sizes were computed from the header, and the image would be squeezed into the wrong shape.
 */
export function uprighted(pipeline: Sharp, { format, orientation }: Header, upright: Size): Sharp {
  // AVIF's orientation is part of decoding it.
  const { angle, mirror } = (format === "avif" ? undefined : TURNS[orientation - 1]) ?? { angle: 0 };
  const { width, height } = upright;
  const stored = angle % 180 === 0 ? { width, height } : { width: height, height: width };
  const resized = pipeline.resize({ ...stored, fit: "fill" }).rotate(angle);
  if (mirror === undefined) return resized;
  return mirror === "flip" ? resized.flip() : resized.flop();
}
