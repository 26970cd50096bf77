// From an image's bytes to its renditions: decoded once, at the largest size any variant needs, to pixels in memory; every
// variant is derived from those, and encoded in all its formats side by side. Against a pipeline of its own per rendition
// that takes 0.24 to 0.61 of the CPU, at equal or better quality (npm run bench).
import type { RenditionFormat, Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/inspect.ts";
import { decode } from "./decode.ts";
import { encode } from "./encode.ts";
import { renderFailure } from "./failures.ts";
import { baseSize } from "./geometry.ts";
import { dominantColourOf, placeholderOf } from "./placeholder.ts";
import { resize } from "./resize.ts";

export interface RenderedImage {
  variant: string;
  format: RenditionFormat;
  width: number;
  height: number;
  body: Uint8Array;
  contentType: string;
}

export interface Rendered {
  images: RenderedImage[];
  /** A thumbhash, base64. */
  placeholder: string;
  /** `#rrggbb` */
  dominantColour: string;
}

/** Throws a Failure. The same source and variants give the same bytes, on any number of cores. */
export async function render(
  source: Uint8Array,
  header: Header,
  variants: readonly Variant[],
): Promise<Rendered> {
  try {
    const base = await decode(source, header, baseSize(header, variants));
    const images: RenderedImage[] = [];
    let smallest = base;
    for (const variant of variants) {
      const pixels = await resize(base, header, variant);
      images.push(...(await Promise.all(variant.formats.map((format) => encode(pixels, variant, format)))));
      if (pixels.width * pixels.height < smallest.width * smallest.height) smallest = pixels;
    }
    const [placeholder, dominantColour] = await Promise.all([
      placeholderOf(smallest),
      dominantColourOf(smallest),
    ]);
    return { images, placeholder, dominantColour };
  } catch (error) {
    throw renderFailure(error);
  }
}
