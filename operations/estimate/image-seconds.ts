// How long one core takes for an image of this recipe: the CPU time of the worker's render(), for baseline JPEGs of 12 and 36
// megapixels on one core of a cloud server. Other sources take longer (PNG, AVIF), so do marks and wide gamuts, S3's share is not
// in it, and Lambda's cores may be slower: the log has what yours take.
import { type Recipe, variantsFor } from "../../settings/recipe.ts";
import type { RenditionFormat, Variant } from "../../settings/variant.ts";

/** To decode and to resize; a JPEG is decoded at about the size that is needed, so its own hardly matters. */
const DECODE_SECONDS = { always: 0.06, perMegapixel: 0.0013 };

/** To encode, for each megapixel of the rendition. */
const ENCODE_SECONDS: Record<RenditionFormat, number> = { avif: 0.1, webp: 0.028, jpeg: 0.015, png: 0.055 };

export interface ImageWork {
  seconds: number;
  renditions: number;
}

/** Of the variants that keys without a preset get; as a photo of 4:3. */
export function imageWork(recipe: Recipe, megapixels: number): ImageWork {
  const variants = variantsFor({ ...recipe, presets: [] }, "");
  const encoding = variants.flatMap((variant) =>
    variant.formats.map((format) => ENCODE_SECONDS[format] * outputMegapixels(variant, megapixels)),
  );
  return {
    seconds: encoding.reduce(
      (sum, each) => sum + each,
      DECODE_SECONDS.always + DECODE_SECONDS.perMegapixel * megapixels,
    ),
    renditions: encoding.length,
  };
}

/** Of a box, what an image inside it has. */
function outputMegapixels({ width, height, withoutEnlargement }: Variant, megapixels: number): number {
  const ofWidth = width === undefined ? Number.POSITIVE_INFINITY : (width * width * 3) / 4 / 1e6;
  const ofHeight = height === undefined ? Number.POSITIVE_INFINITY : (height * height * 4) / 3 / 1e6;
  const wanted = Math.min(ofWidth, ofHeight);
  return withoutEnlargement ? Math.min(wanted, megapixels) : wanted;
}
