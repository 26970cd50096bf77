// An image in memory: 8 bits a channel, sRGB, upright.
import sharp, { type Sharp } from "sharp";

export interface Pixels {
  data: Buffer;
  width: number;
  height: number;
  /** 3, or 4 with alpha. */
  channels: 3 | 4;
}

export function openPixels({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

export async function toPixels(pipeline: Sharp): Promise<Pixels> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4)
    throw new Error(`Expected 3 or 4 channels of pixels, but received ${channels}.`);
  return { data, width, height, channels };
}
