// The two pictures that are not photos: one with transparency, one that moves.
import sharp from "sharp";
import { clamp, fractal, mix, noise, step } from "./noise.ts";

/** A leaf on nothing, its edge soft: PNG with alpha. */
export function leaf(width: number, height: number): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 4);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = (column + 0.5) / width - 0.5;
      const y = (row + 0.5) / height;
      data.set(leafPixel(x + 0.05 * Math.sin(y * 3.4), y), (row * width + column) * 4);
    }
  }
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function leafPixel(x: number, y: number): [number, number, number, number] {
  const along = clamp((y - 0.06) / 0.8);
  const vein = Math.abs(((along * 11 + Math.abs(x) * 9) % 1) - 0.5);
  const half = 0.4 * Math.sin(Math.PI * along ** 0.78) ** 0.8 * (1 + 0.03 * Math.cos(along * 69));
  const blade =
    half > 0 ? step(half, half - 0.008, Math.abs(x)) * step(0, 0.01, along) * step(1, 0.99, along) : 0;
  const stalk =
    step(0.011, 0.006, Math.abs(x + (y - 0.86) * 0.25 * step(0.86, 1, y))) *
    step(0.5, 0.52, y) *
    step(0.985, 0.98, y);
  const light =
    0.5 +
    0.36 * (x < 0 ? 0.5 : -0.25) +
    0.32 * (fractal(x * 9, y * 9, 3, 4) - 0.5) -
    0.2 * step(0.12, 0.02, vein) +
    0.2 * noise(x * 80, y * 80, 8) * 0.4;
  const midrib = step(0.012, 0.004, Math.abs(x));
  const tone = clamp(mix(light, 0.92, 0.6 * midrib));
  const alpha = Math.max(blade, stalk);
  return [mix(14, 190, tone), mix(58, 214, tone ** 0.8), mix(44, 110, tone ** 1.4), 255 * alpha].map(
    Math.round,
  ) as [number, number, number, number];
}

/** Two lights around a third: an animation that loops without a seam. */
export function animatedOrbit(side: number, frames: number): Promise<Buffer> {
  const data = Buffer.alloc(side * side * frames * 3);
  for (let frame = 0; frame < frames; frame += 1) {
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        const at = ((frame * side + row) * side + column) * 3;
        data.set(orbitPixel(column / side - 0.5, row / side - 0.5, frame / frames), at);
      }
    }
  }
  const raw = { width: side, height: side * frames, channels: 3, pageHeight: side } as const;
  return sharp(data, { raw }).gif({ loop: 0, delay: 60, colours: 64, dither: 0.4 }).toBuffer();
}

function orbitPixel(x: number, y: number, turn: number): [number, number, number] {
  const glow = (dx: number, dy: number, size: number) =>
    Math.exp(-((x - dx) ** 2 + (y - dy) ** 2) / (size * size));
  const angle = 2 * Math.PI * turn;
  const near = glow(0.3 * Math.cos(angle), 0.12 * Math.sin(angle), 0.045);
  const far = glow(0.4 * Math.cos(-angle + 2), 0.3 * Math.sin(-angle + 2), 0.03);
  const sun = glow(0, 0, 0.09) + 0.35 * glow(0, 0, 0.22);
  const path = 0.16 * Math.exp(-(((Math.hypot(x / 0.3, y / 0.12) - 1) / 0.03) ** 2));
  const red = 14 + 235 * sun + 90 * near + 210 * far + 60 * path;
  const green = 16 + 160 * sun + 190 * near + 120 * far + 80 * path;
  const blue = 34 + 70 * sun + 245 * near + 160 * far + 120 * path;
  return [red, green, blue].map((channel) => Math.min(255, Math.round(channel))) as [number, number, number];
}
