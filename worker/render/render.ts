// From an image's bytes to its renditions: decoded once, at the largest size any variant needs, to pixels in memory; every
// variant is derived from those, and encoded in all its formats side by side. Against a pipeline of its own per rendition
// that takes 0.24 to 0.61 of the CPU, at equal or better quality (npm run bench).
import type { Gamut, MetadataPolicy, RenditionFormat, Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import { type Animation, decodeAnimation } from "./animation.ts";
import { decode } from "./decode.ts";
import { encode, encodeAnimation, type RenderedImage } from "./encode.ts";
import { renderFailure } from "./failures.ts";
import { byGamut, type InGamut } from "./gamut.ts";
import { baseSize, type FocalPoint } from "./geometry.ts";
import { expectNoPlace, type Kept, metadataReader } from "./metadata.ts";
import { moves } from "./moves.ts";
import type { Pixels } from "./pixels.ts";
import { dominantColourOf, placeholderOf } from "./placeholder.ts";
import { resize, resizeAnimation } from "./resize.ts";
import { markAnimation, markStill } from "./watermark.ts";

export interface Rendered {
  images: RenderedImage[];
  /** A thumbhash, base64. */
  placeholder: string;
  /** `#rrggbb` */
  dominantColour: string;
}

/** What is known of an image beside its bytes. */
export interface RenderHints {
  /** Decides what `cover` keeps, before the variant's position. */
  focalPoint?: FocalPoint | undefined;
}

/** Throws a Failure. The same source and variants give the same bytes, on any number of cores. */
export async function render(
  source: Uint8Array,
  header: Header,
  variants: readonly Variant[],
  hints: RenderHints = {},
): Promise<Rendered> {
  try {
    const keepsMetadata = variants.some(({ metadata = "none" }) => metadata !== "none");
    const kept = keepsMetadata ? await metadataReader(source) : () => undefined;
    const original = { source, header, kept, ...hints };
    const made: Made[] = [];
    for (const group of await byGamut(source, variants)) made.push(await makeAll(original, group));
    const { smallest } = made.reduce((one, other) => (areaOf(other) < areaOf(one) ? other : one));
    const [placeholder, dominantColour] = await Promise.all([
      placeholderOf(smallest),
      dominantColourOf(smallest),
    ]);
    return { images: made.flatMap(({ images }) => images), placeholder, dominantColour };
  } catch (error) {
    throw renderFailure(error);
  }
}

interface Original extends RenderHints {
  source: Uint8Array;
  header: Header;
  kept(policy: MetadataPolicy): Kept;
}

interface Made {
  images: RenderedImage[];
  /** The pixels of the smallest, without a mark: a placeholder shows the picture. */
  smallest: Pixels;
}

function areaOf({ smallest: { width, height } }: Made): number {
  return width * height;
}

/** Of one gamut, in which they share a decode. */
async function makeAll(original: Original, { gamut, variants }: InGamut): Promise<Made> {
  const { source, header, focalPoint } = original;
  const base = await decodeAll(source, header, variants, gamut);
  const images: RenderedImage[] = [];
  let smallest = base.still;
  for (const variant of variants) {
    const picture = await resizeAll(base, header, variant, focalPoint);
    const { still } = picture;
    images.push(...(await encodeAll(original, await markAll(picture, variant), variant)));
    if (still.width * still.height < smallest.width * smallest.height) smallest = still;
  }
  return { images, smallest };
}

async function encodeAll(
  { source, header, kept }: Original,
  { still, moving }: Picture,
  variant: Variant,
): Promise<RenderedImage[]> {
  const origin = { header, bytes: source.length, kept: kept(variant.metadata ?? "none") };
  const encodeAs = (format: RenditionFormat) =>
    moving && format === "webp"
      ? encodeAnimation(moving, variant, origin)
      : encode(still, variant, format, origin);
  const encoded = await Promise.all(variant.formats.map(encodeAs));
  if (origin.kept) await Promise.all(encoded.map(({ body }) => expectNoPlace(body, origin.kept)));
  return encoded;
}

/** An image, and what of it moves. */
interface Picture {
  still: Pixels;
  moving?: Animation;
}

async function decodeAll(
  source: Uint8Array,
  header: Header,
  variants: readonly Variant[],
  gamut: Gamut,
): Promise<Picture> {
  const size = baseSize(header, variants);
  const isMoving = variants.some((variant) => moves(header, variant));
  const moving = isMoving ? await decodeAnimation(source, header, size, gamut) : undefined;
  const [first] = moving?.frames ?? [];
  return moving && first ? { still: first, moving } : { still: await decode(source, header, size, gamut) };
}

async function resizeAll(
  { still, moving }: Picture,
  header: Header,
  variant: Variant,
  focalPoint: FocalPoint | undefined,
): Promise<Picture> {
  const resized =
    moving && moves(header, variant) ? await resizeAnimation(moving, header, variant, focalPoint) : undefined;
  const [first] = resized?.frames ?? [];
  if (resized && first) return { still: first, moving: resized };
  return { still: await resize(still, header, variant, focalPoint) };
}

async function markAll(picture: Picture, { watermark }: Variant): Promise<Picture> {
  if (!watermark) return picture;
  const { still, moving } = picture;
  if (!moving) return { still: await markStill(still, watermark) };
  const marked = await markAnimation(moving, watermark);
  return { still: marked.frames[0] ?? still, moving: marked };
}
