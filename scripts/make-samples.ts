// Paints the sample photos: everything in samples/ comes out of this script, the same bytes every time. They are what
// `npm start` shows first, and each is odd in a way that breaks careless programs.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import sharp, { type Sharp } from "sharp";
import { readWords } from "./command.ts";
import { animatedOrbit, leaf } from "./samples/cut-outs.ts";
import { type Canvas, type Film, PRINT, paint, type Scene } from "./samples/paint.ts";
import * as prints from "./samples/prints.ts";
import * as scenes from "./samples/scenes.ts";

const SAMPLES = resolve(import.meta.dirname, "../samples");

readWords({});
sharp.concurrency(1); // AVIF's bytes depend on it

const painted = (width: number, height: number, scene: Scene, film?: Film): Sharp =>
  open(paint(width, height, scene, film));

function open({ width, height, data }: Canvas): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Key, and its picture with what is odd about it. */
const PICTURES: Record<string, () => Promise<Buffer>> = {
  // Stored on its side, with the EXIF orientation that turns it upright.
  "lake at dawn.jpg": async () => {
    const onItsSide = await painted(2000, 1333, scenes.lakeAtDawn)
      .rotate(270)
      .png({ compressionLevel: 0 })
      .toBuffer();
    return sharp(onItsSide).jpeg({ quality: 82 }).withMetadata({ orientation: 6 }).toBuffer();
  },
  "night sky.jpg": () =>
    painted(1800, 1200, scenes.nightSky).jpeg({ quality: 84, progressive: true }).toBuffer(),
  "dunes.webp": () => painted(2000, 1125, scenes.dunes).webp({ quality: 84 }).toBuffer(),
  "aurora.avif": () => painted(1800, 1200, scenes.aurora).avif({ quality: 62, effort: 2 }).toBuffer(),
  "portrait.jpg": () => painted(1200, 1600, prints.portrait).jpeg({ quality: 84 }).toBuffer(),
  "planet.png": () =>
    painted(1100, 733, scenes.planet, { grain: 0, vignette: 0.3 })
      .toColourspace("rgb16")
      .png({ compressionLevel: 9 })
      .toBuffer(),
  // Four inks, as a print shop sends it.
  "poster.jpg": () =>
    painted(1200, 1680, prints.poster, PRINT).toColourspace("cmyk").jpeg({ quality: 88 }).toBuffer(),
  "leaf.png": () => leaf(900, 1100),
  "orbit.gif": () => animatedOrbit(360, 24),
  // Spaces, a plus and an umlaut: what URL encoding gets wrong.
  "trip 2026/zürich + see.jpg": () => painted(2000, 1200, scenes.lakeAtNoon).jpeg({ quality: 82 }).toBuffer(),
  // Cut off while it was uploaded.
  "broken/truncated.jpg": async () => {
    const whole = await painted(900, 600, scenes.dunes).jpeg({ quality: 80 }).toBuffer();
    return whole.subarray(0, Math.floor(whole.length * 0.6));
  },
  // No image at all, whatever its name says.
  "broken/notes.jpg": async () =>
    Buffer.from("Pick the dawn shot for the cover.\nAsk Ada about the print.\n"),
};

rmSync(SAMPLES, { recursive: true, force: true });
for (const [key, picture] of Object.entries(PICTURES)) {
  const file = join(SAMPLES, key);
  const bytes = await picture();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
  console.log(`${String(Math.round(bytes.length / 1000)).padStart(5)} kB  ${key}`);
}
