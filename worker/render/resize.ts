// One variant's pixels, derived from the decoded base: of one image, or of all frames of an animation alike.
import type { Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import { type Animation, mapFrames } from "./animation.ts";
import {
  type Cut,
  coverCut,
  type FocalPoint,
  isCropped,
  isFixed,
  proportionalSize,
  uprightSize,
} from "./geometry.ts";
import { openPixels, type Pixels, toPixels } from "./pixels.ts";

export async function resize(
  base: Pixels,
  header: Header,
  variant: Variant,
  focalPoint?: FocalPoint,
): Promise<Pixels> {
  if (isFixed(variant)) {
    const cut = isCropped(variant) && focalPoint ? coverCut(base, variant, focalPoint) : undefined;
    return toPixels(cut ? cutOut(base, cut) : openPixels(base).resize(fixedSize(variant)), base.gamut);
  }
  // Computed from the source, not the base, whose own sides were rounded already.
  const size = proportionalSize(uprightSize(header), variant);
  if (size.width === base.width && size.height === base.height) return base;
  return toPixels(openPixels(base).resize({ ...size, fit: "fill" }), base.gamut);
}

export async function resizeAnimation(
  base: Animation,
  header: Header,
  variant: Variant,
  focalPoint?: FocalPoint,
): Promise<Animation> {
  const [first] = base.frames;
  if (!first) return base;
  if (!isFixed(variant) && (await resize(first, header, variant)) === first) return base;
  const point = focalPoint ?? (await pointOfInterest(first, variant));
  const frames = await mapFrames(base.frames, (frame) => resize(frame, header, variant, point));
  return { ...base, frames };
}

/** What `attention` and `entropy` find in the first frame: looked for in each, the picture would jump about. */
async function pointOfInterest(first: Pixels, variant: Variant): Promise<FocalPoint | undefined> {
  const isSought = variant.position === "attention" || variant.position === "entropy";
  if (!isSought || !isCropped(variant)) return undefined;
  const { info } = await openPixels(first)
    .resize(fixedSize(variant))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { scaled } = coverCut(first, variant, { x: 0, y: 0 });
  const centre = (offset: number | undefined, side: number) => side / 2 - (offset ?? 0);
  return {
    x: centre(info.cropOffsetLeft, info.width) / scaled.width,
    y: centre(info.cropOffsetTop, info.height) / scaled.height,
  };
}

/** The base is the whole source when the variant is larger than it, so "enlargement" means the same for both. */
function fixedSize({ width = 0, height = 0, fit, position, background, withoutEnlargement }: Variant) {
  return { width, height, fit, position, background, withoutEnlargement };
}

function cutOut(base: Pixels, { scaled, area }: Cut) {
  return openPixels(base)
    .resize({ ...scaled, fit: "fill" })
    .extract(area);
}
