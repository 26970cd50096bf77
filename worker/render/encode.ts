// From pixels to a file, in any of the formats of output-formats.ts.
import type { Sharp } from "sharp";
import type { RenditionFormat, Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import { type Animation, openAnimation } from "./animation.ts";
import { uprightSize } from "./geometry.ts";
import { type Kept, withKept } from "./metadata.ts";
import { pickQuality, pickSmallestPng } from "./never-larger.ts";
import { OUTPUT_FORMATS } from "./output-formats.ts";
import { openTagged, type Pixels } from "./pixels.ts";

export interface RenderedImage {
  variant: string;
  format: RenditionFormat;
  width: number;
  height: number;
  body: Uint8Array;
  contentType: string;
}

/** What an encoder has to know beside the pixels. */
export interface Origin {
  header: Header;
  bytes: number;
  /** Of its metadata, what the variant's policy keeps. */
  kept: Kept;
}

export async function encode(
  pixels: Pixels,
  variant: Variant,
  format: RenditionFormat,
  origin: Origin,
): Promise<RenderedImage> {
  const open = () => {
    const image = openTagged(pixels);
    // JPEG has no transparency.
    const isFlattened = format === "jpeg" && pixels.channels === 4;
    return withKept(isFlattened ? image.flatten({ background: variant.background }) : image, origin.kept);
  };
  const quality = qualityOf(variant, format);
  const encodeAt = (wanted: number) => toFormat(open(), variant, format, wanted).toBuffer();
  let body: Buffer = await encodeAt(quality);
  if (isTooLarge(body, pixels, variant, format, origin)) {
    body =
      format === "png"
        ? await pickSmallestPng(body, open, pixels)
        : await pickQuality(body, origin.bytes, quality, encodeAt);
  }
  return rendition(variant, format, pixels, body);
}

/** WebP is the one format that every browser shows moving. */
export async function encodeAnimation(
  animation: Animation,
  variant: Variant,
  origin: Origin,
): Promise<RenderedImage> {
  const { delaysMs, loop, frames } = animation;
  const encodeAt = (wanted: number) =>
    toFormat(withKept(openAnimation(animation), origin.kept), variant, "webp", wanted)
      .webp({ delay: [...delaysMs], loop })
      .toBuffer();
  const [first] = frames;
  if (!first) throw new Error("Expected at least one frame.");
  const quality = qualityOf(variant, "webp");
  const body = await encodeAt(quality);
  const isLarge = isTooLarge(body, first, variant, "webp", origin);
  return rendition(
    variant,
    "webp",
    first,
    isLarge ? await pickQuality(body, origin.bytes, quality, encodeAt) : body,
  );
}

export function toFormat(
  image: Sharp,
  variant: Variant,
  format: RenditionFormat,
  quality = qualityOf(variant, format),
): Sharp {
  return OUTPUT_FORMATS[format].encode(image, quality, variant.effort);
}

function qualityOf({ quality }: Variant, format: RenditionFormat): number {
  const own = OUTPUT_FORMATS[format].quality;
  if (typeof quality !== "object") return quality ?? own;
  return (format === "png" ? undefined : quality[format]) ?? own;
}

/** Only where nothing was enlarged: more pixels may take more bytes. */
function isTooLarge(
  body: Buffer,
  { width, height }: Pixels,
  { neverLarger }: Variant,
  format: RenditionFormat,
  { header, bytes }: Origin,
): boolean {
  if (!neverLarger || format !== header.format || body.length <= bytes) return false;
  const source = uprightSize(header);
  return width <= source.width && height <= source.height;
}

function rendition(
  { name }: Variant,
  format: RenditionFormat,
  { width, height }: Pixels,
  body: Buffer,
): RenderedImage {
  return { variant: name, format, width, height, body, contentType: OUTPUT_FORMATS[format].contentType };
}
