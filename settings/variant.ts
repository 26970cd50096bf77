// What a rendition looks like: the recipe of one size in one or more formats.
import * as v from "valibot";
import { oneOf, text, wholeNumber } from "./shapes.ts";

export const RENDITION_FORMATS = ["avif", "webp", "jpeg", "png"] as const;
export type RenditionFormat = (typeof RENDITION_FORMATS)[number];

/** WebP's own limit is 16,383 pixels a side; beyond that a rendition could not exist in every format. */
const MAX_SIDE = 16_383;

const VariantSchema = v.strictObject({
  /** Part of the rendition's key, and so of its URL. */
  name: text(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 lower-case letters, digits and hyphens"),
  /** Pixels. At least one of width and height is needed. */
  width: v.optional(wholeNumber(1, MAX_SIDE)),
  height: v.optional(wholeNumber(1, MAX_SIDE)),
  /** How the image meets a box of width × height; only matters when both are given. */
  fit: v.optional(oneOf(["cover", "contain", "fill", "inside", "outside"]), "inside"),
  /** Which part `cover` keeps, or where `contain` puts the image. */
  position: v.optional(oneOf(["centre", "top", "right", "bottom", "left", "attention", "entropy"]), "centre"),
  formats: v.optional(
    v.pipe(
      v.array(oneOf(RENDITION_FORMATS), "a list of formats"),
      v.minLength(1, "at least one format"),
      v.check((formats) => new Set(formats).size === formats.length, "each format once"),
    ),
    ["avif", "webp", "jpeg"],
  ),
  /** 1 to 100; without it, each format's own default (see worker/encode.ts). PNG is lossless and ignores it. */
  quality: v.optional(wholeNumber(1, 100)),
  /** 0 (fastest) to 9 (smallest); without it, each format's own default. JPEG has no such knob. */
  effort: v.optional(wholeNumber(0, 9)),
  /** `#rrggbb`, shown where a transparent image becomes a JPEG or `contain` leaves a margin. */
  background: v.optional(text(/^#[0-9a-f]{6}$/i, "a colour like #ffffff"), "#ffffff"),
  withoutEnlargement: v.optional(v.boolean("true or false"), true),
});

export type Variant = v.InferOutput<typeof VariantSchema>;

export const VariantsSchema = v.pipe(
  v.array(VariantSchema, "a list of variants"),
  v.minLength(1, "at least one variant"),
  v.check(namesAreUnique, "variants with different names"),
  v.check(
    (variants) => variants.every(({ width, height }) => width !== undefined || height !== undefined),
    "a width or a height on every variant",
  ),
);

function namesAreUnique(variants: Variant[]): boolean {
  return new Set(variants.map(({ name }) => name)).size === variants.length;
}
