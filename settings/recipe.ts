// The part of the settings that decides what a rendition is: the worker gets this, and nothing else, as one JSON value.
import picomatch from "picomatch";
import * as v from "valibot";
import { oneOf, wholeNumber } from "./shapes.ts";
import { type Variant, VariantsSchema } from "./variant.ts";

export const SOURCE_FORMATS = ["jpeg", "png", "gif", "webp", "avif"] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

const MIB = 1024 * 1024;

const LimitsSchema = v.strictObject({
  /** 100 MiB: the largest camera JPEGs are near 60 MB, and twice the file must fit beside the decoder. */
  maxBytes: v.optional(wholeNumber(1, 512 * MIB, "bytes"), 100 * MIB),
  /** 50 megapixels, frames counted: the worst format (AVIF 4:4:4) takes 18.5 bytes a pixel to decode, 925 MB. */
  maxPixels: v.optional(wholeNumber(1, 200_000_000, "pixels"), 50_000_000),
  maxFrames: v.optional(wholeNumber(1, 10_000, "frames"), 200),
  /** 16 MiB: real photos carry 7 MB of editing history, and 18 MB of XMP were decoded within 156 MB (measured). */
  maxMetadataBytes: v.optional(wholeNumber(0, 64 * MIB, "bytes"), 16 * MIB),
  /** Take a format out to refuse it at once when its decoder is found unsafe. */
  allowedFormats: v.optional(v.array(oneOf(SOURCE_FORMATS), "a list of formats"), [...SOURCE_FORMATS]),
});

const PresetSchema = v.strictObject({
  /** A glob on the source key: `*` stays within a folder, `**` does not. */
  match: v.pipe(v.string("a glob like avatars/**"), v.minLength(1, "a glob like avatars/**")),
  variants: VariantsSchema,
});

const DEFAULT_VARIANTS: v.InferInput<typeof VariantsSchema> = [
  { name: "thumbnail", width: 320 },
  { name: "medium", width: 960 },
  { name: "large", width: 1920 },
];

export const RecipeSchema = v.strictObject({
  /** The first preset whose glob matches the key decides. */
  presets: v.optional(v.array(PresetSchema, "a list of presets"), []),
  /** For keys that no preset matches. */
  variants: v.optional(VariantsSchema, DEFAULT_VARIANTS),
  limits: v.optional(LimitsSchema, {}),
  /** Whether the renditions go when their source does. */
  removeWithSource: v.optional(v.boolean("true or false"), true),
});

export type Recipe = v.InferOutput<typeof RecipeSchema>;
export type Limits = Recipe["limits"];

/** The variants that a source key is rendered in. */
export function variantsFor(recipe: Recipe, key: string): Variant[] {
  const preset = recipe.presets.find(({ match }) => picomatch.isMatch(key, match, { dot: true }));
  return preset?.variants ?? recipe.variants;
}
