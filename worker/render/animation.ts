// Animations: every frame of a GIF or WebP, each resized by itself. (Resized as the one tall image that libvips holds,
// frames would bleed into each other at their edges.)
import "./sharp-setup.ts";
import sharp, { type Sharp } from "sharp";
import type { Gamut } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import { openInP3, uprighted } from "./decode.ts";
import type { Size } from "./geometry.ts";
import { openPixels, openTagged, type Pixels, toPixels } from "./pixels.ts";

export interface Animation {
  /** Of one size, one after another in the same memory. */
  frames: readonly Pixels[];
  /** How long each is shown. */
  delaysMs: readonly number[];
  /** How often all are; 0: for ever. */
  loop: number;
}

/** What browsers show a frame for that says nothing about it. */
const DEFAULT_DELAY_MS = 100;
/** The most that sharp takes; GIF could wait for eleven minutes. */
const MAX_DELAY_MS = 65_535;

export async function decodeAnimation(
  source: Uint8Array,
  header: Header,
  upright: Size,
  gamut: Gamut,
): Promise<Animation> {
  const limitInputPixels = header.width * header.height * header.frames;
  const options = { limitInputPixels, failOn: "warning", pages: -1 } as const;
  const { pages = 1, delay = [], loop = 0 } = await sharp(source, options).metadata();
  const pipeline = gamut === "p3" ? openInP3(source, options) : sharp(source, options);
  const { data, width, height, channels } = await toPixels(pipeline, gamut);
  const stored = framesOf(data, { width, height: height / pages, channels, gamut });
  const isReady = header.orientation === 1 && upright.width === width && upright.height * pages === height;
  const frames = isReady
    ? stored
    : await mapFrames(stored, (frame) => toPixels(uprighted(openPixels(frame), header, upright), gamut));
  return { frames, delaysMs: frames.map((_, index) => delayMs(delay[index])), loop };
}

function delayMs(delay = DEFAULT_DELAY_MS): number {
  return Math.min(delay, MAX_DELAY_MS);
}

/** One frame after another; those that are done lie where the encoder wants them, so that nothing is held twice. */
export async function mapFrames(
  frames: readonly Pixels[],
  change: (frame: Pixels) => Promise<Pixels>,
): Promise<Pixels[]> {
  let done = 0;
  let all: { data: Buffer; shape: Shape } | undefined;
  for (const frame of frames) {
    const { data, ...shape } = await change(frame);
    all ??= { data: Buffer.allocUnsafe(data.length * frames.length), shape };
    data.copy(all.data, done * data.length);
    done += 1;
  }
  return all ? framesOf(all.data, all.shape) : [];
}

export function openAnimation({ frames }: Animation): Sharp {
  const [first] = frames;
  if (!first) throw new Error("Expected at least one frame.");
  const { height, data } = first;
  const all = Buffer.from(data.buffer, data.byteOffset, data.length * frames.length);
  return openTagged({ ...first, data: all, height: height * frames.length }, height);
}

type Shape = Omit<Pixels, "data">;

function framesOf(data: Buffer, shape: Shape): Pixels[] {
  const bytes = shape.width * shape.height * shape.channels;
  return Array.from({ length: data.length / bytes }, (_, index) => ({
    data: data.subarray(index * bytes, (index + 1) * bytes),
    ...shape,
  }));
}
