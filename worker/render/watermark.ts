// A mark over a rendition, or over every frame of one. It comes with the worker, so that nothing has to be fetched; should it
// be missing or damaged all the same, the images wait: none is published without its mark.
import "./sharp-setup.ts";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import sharp from "sharp";
import type { Watermark } from "../../settings/watermark.ts";
import { Failure } from "../failure.ts";
import { type Animation, mapFrames } from "./animation.ts";
import type { Size } from "./geometry.ts";
import { openPixels, type Pixels, toPixels } from "./pixels.ts";

/** Ready to be laid over pixels of one size. */
interface Mark {
  input: Buffer;
  raw: Size & { channels: 4 };
  left: number;
  top: number;
}

export async function markStill(pixels: Pixels, watermark: Watermark): Promise<Pixels> {
  return over(pixels, await markFor(pixels, watermark));
}

export async function markAnimation(animation: Animation, watermark: Watermark): Promise<Animation> {
  const [first] = animation.frames;
  if (!first) return animation;
  const mark = await markFor(first, watermark);
  return { ...animation, frames: await mapFrames(animation.frames, (frame) => over(frame, mark)) };
}

async function over(pixels: Pixels, mark: Mark): Promise<Pixels> {
  const marked = openPixels(pixels).composite([mark]);
  return toPixels(pixels.channels === 3 ? marked.removeAlpha() : marked, pixels.gamut);
}

async function markFor(pixels: Pixels, watermark: Watermark): Promise<Mark> {
  const { data, width, height } = await drawn(watermark, pixels);
  for (let at = 3; at < data.length; at += 4) data[at] = Math.round((data[at] ?? 0) * watermark.opacity);
  const margin = Math.round(Math.min(pixels.width, pixels.height) * watermark.margin);
  const { gravity } = watermark;
  return {
    input: data,
    raw: { width, height, channels: 4 },
    left: placed(gravity.endsWith("west"), gravity.endsWith("east"), pixels.width - width, margin),
    top: placed(gravity.startsWith("north"), gravity.startsWith("south"), pixels.height - height, margin),
  };
}

/** Of so many free pixels, how many come before it. A margin that leaves too little room gives way. */
function placed(isAtStart: boolean, isAtEnd: boolean, free: number, margin: number): number {
  const distance = Math.min(margin, free);
  if (isAtStart) return distance;
  return isAtEnd ? free - distance : Math.floor(free / 2);
}

/** As large as fits into its share of the picture, in the picture's gamut. */
async function drawn({ image, scale }: Watermark, { width, height, gamut }: Pixels): Promise<Pixels> {
  const share = (side: number) => Math.max(1, Math.round(side * scale));
  const box = { width: share(width), height: share(height), fit: "inside" } as const;
  try {
    const mark = sharp(await bytesOf(image), { failOn: "warning" })
      .resize(box)
      .ensureAlpha();
    return await toPixels(gamut === "p3" ? mark.withIccProfile("p3", { attach: false }) : mark, gamut);
  } catch (error) {
    const told = error instanceof Error ? error.message : String(error);
    throw new Failure("WATERMARK_UNREADABLE", `The watermark ${image} cannot be read: ${told}`);
  }
}

const known = new Map<string, Buffer>();

/** Read once. Paths are from the worker's folder, where this is bundled. */
async function bytesOf(image: string): Promise<Buffer> {
  const bytes = known.get(image) ?? (await readFile(resolve(import.meta.dirname, image)));
  known.set(image, bytes);
  return bytes;
}
