// From pixels to a file. The defaults are where bytes and CPU meet; the numbers are of one core, 2.8 megapixels out.
import type { Sharp } from "sharp";
import type { RenditionFormat, Variant } from "../../settings/variant.ts";
import { type Animation, openAnimation } from "./animation.ts";
import { openPixels, type Pixels } from "./pixels.ts";
import type { RenderedImage } from "./render.ts";

interface Encoding {
  contentType: string;
  encode(image: Sharp, quality: number | undefined, effort: number | undefined): Sharp;
}

const ENCODINGS: Record<RenditionFormat, Encoding> = {
  avif: {
    contentType: "image/avif",
    // Effort 1 takes twice the time of 0 for 2 % fewer bytes; sharp's own 4 would take twenty times as long.
    encode: (image, quality = 50, effort = 1) => image.avif({ quality, effort }),
  },
  webp: {
    contentType: "image/webp",
    // Effort 2 is near the default 4 in bytes at half its time; 6 takes four times as long for 4 % fewer.
    encode: (image, quality = 78, effort = 2) => image.webp({ quality, effort: Math.min(6, effort) }),
  },
  jpeg: {
    contentType: "image/jpeg",
    // mozjpeg's tables take 8 times as long for 20 % fewer bytes, which WebP and AVIF save anyway.
    encode: (image, quality = 80) => image.jpeg({ quality, progressive: false }),
  },
  png: {
    contentType: "image/png",
    encode: (image, _quality, effort = 6) => image.png({ compressionLevel: Math.min(9, effort) }),
  },
};

export async function encode(
  pixels: Pixels,
  variant: Variant,
  format: RenditionFormat,
): Promise<RenderedImage> {
  const image = openPixels(pixels);
  // JPEG has no transparency.
  const shown =
    format === "jpeg" && pixels.channels === 4 ? image.flatten({ background: variant.background }) : image;
  const body = await toFormat(shown, variant, format).toBuffer();
  const { width, height } = pixels;
  const { contentType } = ENCODINGS[format];
  return { variant: variant.name, format, width, height, body, contentType };
}

/** WebP is the one format that every browser shows moving. */
export async function encodeAnimation(animation: Animation, variant: Variant): Promise<RenderedImage> {
  const { quality, effort } = variant;
  const { delaysMs, loop, frames } = animation;
  const image = ENCODINGS.webp.encode(openAnimation(animation), quality, effort);
  const body = await image.webp({ delay: [...delaysMs], loop }).toBuffer();
  const { width = 0, height = 0 } = frames[0] ?? {};
  return { variant: variant.name, format: "webp", width, height, body, contentType: "image/webp" };
}

export function toFormat(image: Sharp, { quality, effort }: Variant, format: RenditionFormat): Sharp {
  return ENCODINGS[format].encode(image, quality, effort);
}
