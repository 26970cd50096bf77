// One variant's pixels, derived from the decoded base.
import type { Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/inspect.ts";
import { proportionalSize, uprightSize } from "./geometry.ts";
import { openPixels, type Pixels, toPixels } from "./pixels.ts";

export async function resize(base: Pixels, header: Header, variant: Variant): Promise<Pixels> {
  const { width, height, fit, position, background, withoutEnlargement } = variant;
  const isFixed = width !== undefined && height !== undefined && fit !== "inside" && fit !== "outside";
  if (isFixed) {
    // The base is the whole source when the variant is larger than it, so "enlargement" means the same for both.
    return toPixels(
      openPixels(base).resize({ width, height, fit, position, background, withoutEnlargement }),
    );
  }
  // Computed from the source, not the base, whose own sides were rounded already.
  const size = proportionalSize(uprightSize(header), variant);
  if (size.width === base.width && size.height === base.height) return base;
  return toPixels(openPixels(base).resize({ ...size, fit: "fill" }));
}
