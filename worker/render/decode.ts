// The one decode of an image: upright, in sRGB, at the size asked for. JPEG and WebP are shrunk while they are loaded.
import "./sharp-setup.ts";
import sharp from "sharp";
import type { Header } from "../inspect/inspect.ts";
import type { Size } from "./geometry.ts";
import { type Pixels, toPixels } from "./pixels.ts";

export async function decode(source: Uint8Array, header: Header, { width, height }: Size): Promise<Pixels> {
  const pipeline = sharp(source, {
    // The decoder must find what the header said, and no more.
    limitInputPixels: header.width * header.height,
    // A warning means missing or damaged data: an image that is half grey must not pass for a good one.
    failOn: "warning",
    pages: 1,
  });
  const upright = pipeline.autoOrient().resize({ width, height, fit: "fill" });
  // Also turns grey and CMYK into RGB, by the embedded profile where there is one, and drops all metadata.
  return toPixels(upright.toColourspace("srgb"));
}
