// An image in memory: 8 bits a channel, upright, without a profile: what its numbers mean is its gamut.
import sharp, { type Sharp } from "sharp";
import type { Gamut } from "../../settings/variant.ts";

export interface Pixels {
  data: Buffer;
  width: number;
  height: number;
  /** 3, or 4 with alpha. */
  channels: 3 | 4;
  gamut: Gamut;
}

/** Its numbers, whatever they mean. */
export function openPixels({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

/** To be encoded: in Display P3, with that profile; in sRGB, which goes without saying, with none. */
export function openTagged(pixels: Pixels, pageHeight = pixels.height): Sharp {
  const { data, width, height, channels, gamut } = pixels;
  const options = { raw: { width, height, channels, pageHeight }, animated: pageHeight < height };
  return gamut === "srgb" ? sharp(data, options) : sharp(widened(data), options).withIccProfile("p3");
}

/** To be shown by what knows sRGB alone. */
export function openInSrgb(pixels: Pixels): Sharp {
  const { data, width, height, channels, gamut } = pixels;
  if (gamut === "srgb") return openPixels(pixels);
  const raw = { width, height, channels };
  return sharp(widened(data), { raw }).withIccProfile("srgb", { attach: false });
}

export async function toPixels(pipeline: Sharp, gamut: Gamut): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4)
    throw new Error(`Expected 3 or 4 channels of pixels, but received ${channels}.`);
  return { data, width, height, channels, gamut };
}

/** sharp takes numbers of 8 bits for sRGB and those of 16 for Display P3; from one to the other and back, none changes. */
function widened(data: Buffer): Uint16Array {
  const wide = new Uint16Array(data.length);
  for (let index = 0; index < data.length; index += 1) wide[index] = (data[index] ?? 0) * 257;
  return wide;
}
