// What a rendition looks like: the recipe of one size in one or more formats.
import * as v from "valibot";
import { described, oneOf, text, wholeNumber, yesOrNo } from "./shapes.ts";
import { WatermarkSchema } from "./watermark.ts";

export const RENDITION_FORMATS = ["avif", "webp", "jpeg", "png"] as const;
export type RenditionFormat = (typeof RENDITION_FORMATS)[number];

/** WebP's own limit is 16,383 pixels a side; beyond that a rendition could not exist in every format. */
const MAX_SIDE = 16_383;

/** `copyright`: author and copyright. `all-but-location`: those, the camera, the exposure and the time. */
export const METADATA_POLICIES = ["none", "copyright", "all-but-location"] as const;
export type MetadataPolicy = (typeof METADATA_POLICIES)[number];

/** The colours a rendition can show. `p3`: those of Display P3, a quarter more, where the source has more than sRGB. */
export const GAMUTS = ["srgb", "p3"] as const;
export type Gamut = (typeof GAMUTS)[number];

const percent = () => v.optional(wholeNumber(1, 100));

type Quality = number | { avif?: number | undefined; webp?: number | undefined; jpeg?: number | undefined };

/** Chosen by what is there, so that a problem names the one number that is wrong. The message is for docs/settings.md. */
const QualitySchema = Object.assign(
  v.lazy(
    (written): v.GenericSchema<Quality> =>
      typeof written === "object"
        ? v.strictObject({ avif: percent(), webp: percent(), jpeg: percent() })
        : wholeNumber(1, 100),
  ),
  { message: "a whole number from 1 to 100, or one by format: `{ avif, webp, jpeg }`" },
);

const VariantSchema = v.strictObject({
  name: v.pipe(
    text(/^[a-z0-9][a-z0-9-]{0,39}$/, "1 to 40 lower-case letters, digits and hyphens"),
    v.description("Part of the rendition's key, and so of its URL."),
  ),
  width: v.optional(
    described(wholeNumber(1, MAX_SIDE, "pixels"), "At least one of width and height is needed."),
  ),
  height: v.optional(
    described(wholeNumber(1, MAX_SIDE, "pixels"), "At least one of width and height is needed."),
  ),
  fit: v.optional(
    described(
      oneOf(["cover", "contain", "fill", "inside", "outside"]),
      "How the image meets a box of width × height; only matters when both are given.",
    ),
    "inside",
  ),
  position: v.optional(
    described(
      oneOf(["centre", "top", "right", "bottom", "left", "attention", "entropy"]),
      "Which part `cover` keeps, or where `contain` puts the image.",
    ),
    "centre",
  ),
  formats: v.optional(
    described(
      v.pipe(
        v.array(oneOf(RENDITION_FORMATS), `a list of formats: ${RENDITION_FORMATS.join(", ")}`),
        v.minLength(1, "at least one format"),
        v.check((formats) => new Set(formats).size === formats.length, "each format once"),
      ),
      "One rendition each.",
    ),
    ["avif", "webp", "jpeg"],
  ),
  quality: v.optional(
    described(QualitySchema, "Without it, each format's own default. PNG is lossless and ignores it."),
  ),
  effort: v.optional(
    described(
      wholeNumber(0, 9),
      "0 is fastest, 9 is smallest; without it, each format's own default. JPEG has no such knob.",
    ),
  ),
  background: v.optional(
    described(
      text(/^#[0-9a-f]{6}$/i, "a colour like #ffffff"),
      "Shown where a transparent image becomes a JPEG or `contain` leaves a margin.",
    ),
    "#ffffff",
  ),
  animated: v.optional(
    described(yesOrNo(), "An animation stays one in WebP; other formats show its first frame."),
    true,
  ),
  withoutEnlargement: v.optional(
    described(yesOrNo(), "An image smaller than the variant stays as small as it is."),
    true,
  ),
  metadata: v.optional(described(oneOf(METADATA_POLICIES), "Instead of the setting of that name.")),
  neverLarger: v.optional(described(yesOrNo(), "Instead of the setting of that name.")),
  gamut: v.optional(described(oneOf(GAMUTS), "Instead of the setting of that name.")),
  watermark: v.optional(
    described(WatermarkSchema, "A mark over the rendition, over every frame of an animation."),
  ),
});

/** What it leaves to the recipe, `variantsFor` fills in. */
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
