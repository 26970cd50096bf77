// Variants for common cases, to be named in a preset instead of spelled out: `{ match: "avatars/**", variants: avatar }`.
import * as v from "valibot";
import { type Variant, VariantsSchema } from "./variant.ts";

type Written = v.InferInput<typeof VariantsSchema>;

const RESPONSIVE_WIDTHS = [320, 640, 960, 1280, 1920, 2560];
const AVATAR_SIDES = [64, 128, 256, 512];

const SHIPPED = {
  /** For `srcset`: from phones to large displays, each step about half as many pixels again or more. */
  "web-responsive": RESPONSIVE_WIDTHS.map((width) => ({ name: `w${width}`, width })),
  /** Square, on what draws the eye, for one to four device pixels. */
  avatar: AVATAR_SIDES.map((side) => ({
    name: `avatar-${side}`,
    width: side,
    height: side,
    fit: "cover" as const,
    position: "attention" as const,
    formats: ["webp" as const, "jpeg" as const],
  })),
  /** Whole, on white, of one shape for a grid; and large for a closer look. */
  product: [
    { name: "tile", width: 400, height: 400, fit: "contain" },
    { name: "detail", width: 1200, height: 1200, fit: "contain" },
    { name: "zoom", width: 2400, height: 2400, fit: "inside", quality: { avif: 60, webp: 85, jpeg: 88 } },
  ],
  /** One small picture of the whole. */
  thumbnail: [{ name: "thumbnail", width: 320, height: 320, fit: "inside", formats: ["webp", "jpeg"] }],
} satisfies Record<string, Written>;

export type ShippedName = keyof typeof SHIPPED;

export const SHIPPED_NAMES = Object.keys(SHIPPED) as ShippedName[];

export function shippedVariants(name: ShippedName): Variant[] {
  return v.parse(VariantsSchema, SHIPPED[name]);
}
