// The one decode of an image: upright, in sRGB or Display P3, at the size asked for. JPEG and WebP are shrunk while they are loaded.
import "./sharp-setup.ts";
import sharp, { type Sharp, type SharpOptions } from "sharp";
import type { Gamut } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import type { Size } from "./geometry.ts";
import { type Pixels, toPixels } from "./pixels.ts";

/** `upright` is the size after the orientation is applied. */
export async function decode(
  source: Uint8Array,
  header: Header,
  upright: Size,
  gamut: Gamut,
): Promise<Pixels> {
  const options = {
    // The decoder must find what the header said, and no more.
    limitInputPixels: header.width * header.height,
    // A warning means missing or damaged data: an image that is half grey must not pass for a good one.
    failOn: "warning",
    pages: 1,
  } as const;
  const pipeline = gamut === "p3" ? openInP3(source, options) : await openInSrgb(source, options, header);
  return toPixels(uprighted(pipeline, header, upright), gamut);
}

/** Straight from the profile that the source has: by way of sRGB, sharp's default, what is wider would be lost. */
export function openInP3(source: Uint8Array, options: SharpOptions): Sharp {
  return sharp(source, { ...options, ignoreIcc: true }).withIccProfile("p3", { attach: false });
}

/**
 * Grey and CMYK come out as RGB, by the embedded profile where there is one, and without metadata: sharp's default. But of
 * more than 8 bits with a profile, whichever it is, sharp makes P3, and would leave it so: half as colourful.
 */
async function openInSrgb(source: Uint8Array, options: SharpOptions, { format }: Header): Promise<Sharp> {
  const pipeline = sharp(source, options);
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
