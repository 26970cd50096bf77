// The part of the settings that decides what a rendition is: the worker gets this, and nothing else, as one JSON value.
import picomatch from "picomatch";
import * as v from "valibot";
import { described, oneOf, wholeNumber, yesOrNo } from "./shapes.ts";
import { SHIPPED_NAMES, type ShippedName, shippedVariants } from "./shipped-variants.ts";
import { GAMUTS, METADATA_POLICIES, type Variant, VariantsSchema } from "./variant.ts";

export const SOURCE_FORMATS = ["jpeg", "png", "gif", "webp", "avif"] as const;
export type SourceFormat = (typeof SOURCE_FORMATS)[number];

const MIB = 1024 * 1024;

const LimitsSchema = v.strictObject({
  // The largest camera JPEGs are near 60 MB, and twice the file must fit beside the decoder.
  maxBytes: v.optional(described(wholeNumber(1, 512 * MIB, "bytes"), "Of the file."), 100 * MIB),
  // The worst format (AVIF 4:4:4) takes 18.5 bytes a pixel to decode: 925 MB.
  maxPixels: v.optional(
    described(wholeNumber(1, 200_000_000, "pixels"), "Width × height × frames."),
    50_000_000,
  ),
  maxFrames: v.optional(described(wholeNumber(1, 10_000, "frames"), "Of an animation."), 200),
  // Real photos carry 7 MB of editing history, and 18 MB of XMP were decoded within 156 MB (measured).
  maxMetadataBytes: v.optional(
    described(wholeNumber(0, 64 * MIB, "bytes"), "EXIF, XMP, colour profiles and the like."),
    16 * MIB,
  ),
  allowedFormats: v.optional(
    described(
      v.array(oneOf(SOURCE_FORMATS), `a list of formats: ${SOURCE_FORMATS.join(", ")}`),
      "Take a format out to refuse it at once when its decoder is found unsafe.",
    ),
    [...SOURCE_FORMATS],
  ),
});

type PresetVariantsSchema = v.GenericSchema<
  v.InferInput<typeof VariantsSchema> | ShippedName,
  v.InferOutput<typeof VariantsSchema> | ShippedName
>;

const PresetSchema = v.strictObject({
  match: v.pipe(
    v.string("a glob like avatars/**"),
    v.minLength(1, "a glob like avatars/**"),
    v.description("A glob on the source key: `*` stays within a folder, `**` does not."),
  ),
  variants: described(
    v.lazy((written) =>
      typeof written === "string" ? oneOf(SHIPPED_NAMES) : (VariantsSchema as PresetVariantsSchema),
    ),
    `What those keys are rendered in; or the name of a shipped set: ${SHIPPED_NAMES.join(", ")}.`,
  ),
});

const DEFAULT_VARIANTS: v.InferInput<typeof VariantsSchema> = [
  { name: "thumbnail", width: 320 },
  { name: "medium", width: 960 },
  { name: "large", width: 1920 },
];

export const RecipeSchema = v.strictObject({
  presets: v.optional(
    described(
      v.array(PresetSchema, "a list of presets"),
      "Variants for the keys that a glob matches; the first match decides.",
    ),
    [],
  ),
  variants: v.optional(
    described(VariantsSchema, "Variants for the keys that no preset matches."),
    DEFAULT_VARIANTS,
  ),
  limits: v.optional(described(LimitsSchema, "What is refused before it is decoded."), {}),
  metadata: v.optional(
    described(
      oneOf(METADATA_POLICIES),
      "What renditions keep of EXIF; never a place, a thumbnail or a serial number.",
    ),
    "none",
  ),
  neverLarger: v.optional(
    described(
      yesOrNo(),
      "Whether a rendition in the source's own format gives up quality rather than have more bytes.",
    ),
    true,
  ),
  gamut: v.optional(
    described(
      oneOf(GAMUTS),
      "With `p3`, sources that have more colours than sRGB become Display P3, with its profile.",
    ),
    "srgb",
  ),
  removeWithSource: v.optional(
    described(yesOrNo(), "Whether the renditions go when their source does."),
    true,
  ),
  immutable: v.optional(
    described(
      yesOrNo(),
      "Whether each new set gets new keys, which may be cached for ever; a rendition's key is then only in the manifest.",
    ),
    false,
  ),
});

export type Recipe = v.InferOutput<typeof RecipeSchema>;
export type Limits = Recipe["limits"];

/** The recipe among other settings. */
export function recipeOf(settings: Recipe): Recipe {
  const { presets, variants, limits, metadata, neverLarger, gamut, removeWithSource, immutable } = settings;
  return { presets, variants, limits, metadata, neverLarger, gamut, removeWithSource, immutable };
}

/** The variants that a source key is rendered in. */
export function variantsFor(recipe: Recipe, key: string): Variant[] {
  const { metadata, neverLarger } = recipe;
  const preset = recipe.presets.find(({ match }) => picomatch.isMatch(key, match, { dot: true }));
  const chosen = preset?.variants ?? recipe.variants;
  const written = typeof chosen === "string" ? shippedVariants(chosen) : chosen;
  return written.map(({ gamut = recipe.gamut, ...variant }) => ({
    ...variant,
    metadata: variant.metadata ?? metadata,
    neverLarger: variant.neverLarger ?? neverLarger,
    // sRGB goes without saying, as it always did: variants keep their hashes.
    ...(gamut !== "srgb" && { gamut }),
  }));
}
