// What hangs on a wall: a screen print, and a face in thick paint.
import { clamp, fractal, hash, noise, step } from "./noise.ts";
import { blend, gradient, hex, palette, type Scene } from "./paint.ts";

const INK = palette("#f3ead8", "#e4572e", "#17324d", "#f2b134", "#76b6a5");

/** A screen print of circles and quarters: flat ink, crisp edges. */
export const poster: Scene = (x, y, aspect) => {
  const paper = hex("#f3ead8");
  const margin = 0.055;
  const cells = 5;
  const side = (aspect - 2 * margin) / cells;
  const column = Math.floor((x - margin) / side);
  const row = Math.floor((y - margin) / side);
  const rows = Math.floor((1 - 2 * margin) / side);
  if (column < 0 || column >= cells || row < 0 || row >= rows) return paper;
  const u = (x - margin) / side - column;
  const v = (y - margin) / side - row;
  const ground = INK[Math.floor(hash(column, row, 4) * 5)] ?? paper;
  const ink = INK[(INK.indexOf(ground) + 1 + Math.floor(hash(column, row, 6) * 4)) % 5] ?? paper;
  const print = 0.95 + 0.08 * fractal(x * 60, y * 60, 9, 3);
  const amount = motif(Math.floor(hash(column, row, 5) * 6), u, v);
  const colour = blend(ground, ink, amount);
  return [colour[0] * print, colour[1] * print, colour[2] * print];
};

function motif(kind: number, u: number, v: number): number {
  const edge = (distance: number) => step(0.004, -0.004, distance);
  if (kind === 0) return edge(Math.hypot(u - 0.5, v - 0.5) - 0.4);
  if (kind === 1) return edge(Math.hypot(u, v) - 1);
  if (kind === 2) return edge(Math.hypot(u - 1, v) - 1) * (1 - edge(Math.hypot(u - 1, v) - 0.5));
  if (kind === 3) return edge(u - v);
  if (kind === 4) return edge(Math.abs(((v * 5) % 1) - 0.5) - 0.25);
  return edge(Math.hypot(u - 0.5, v - 1) - 0.5) + edge(Math.hypot(u - 0.5, v) - 0.5);
}

/** A face, nearly: planes of warm light, painted thick. */
export const portrait: Scene = (x, y, aspect) => {
  const px = (x - aspect * 0.5) / 0.5;
  const py = (y - 0.5) / 0.5;
  const brush = fractal(px * 3 + fractal(px * 2, py * 2, 5, 3) * 1.6, py * 3, 11, 5) - 0.5;
  const stroke = noise((px * 0.8 + py * 0.6 + brush * 0.4) * 42, (px * 0.6 - py * 0.8) * 7, 21) - 0.5;
  const hx = px - 0.04 + brush * 0.1;
  const hy = py + 0.16 + brush * 0.08;
  const head = (hx / 0.43) ** 2 + (hy / 0.56) ** 2;
  const light = clamp(0.52 - hx * 0.95 - hy * 0.28 + stroke * 0.34 + brush * 0.5);
  let colour = gradient(
    palette("#173b3f", "#2c6a68", "#7aa38c", "#d8c394"),
    0.42 + brush * 0.9 - py * 0.24 + stroke * 0.14,
  );
  const shoulders = step(0.02, -0.03, 0.52 + 0.55 * hx * hx - py + brush * 0.1);
  colour = blend(
    colour,
    gradient(palette("#1b1631", "#3c2450", "#8d3f5d", "#e0795a"), light * 0.9 + stroke * 0.22),
    shoulders,
  );
  const neck = step(0.21, 0.17, Math.abs(hx + 0.02)) * step(0.1, 0.2, hy) * step(0.78, 0.7, hy);
  const skin = gradient(palette("#3d1c2c", "#8a3f3a", "#d98a5f", "#f6c795", "#fff0cf"), light * 1.05);
  colour = blend(colour, gradient(palette("#2d1524", "#7a3833", "#c97b55"), light), neck);
  colour = blend(colour, skin, step(1.05, 0.96, head));
  const hair =
    step(0.06, -0.04, hy + 0.34 + 0.3 * Math.abs(hx + 0.12) - brush * 0.3) * step(1.42, 1.28, head);
  return blend(colour, gradient(palette("#120c17", "#3a1d22", "#8b4a2c"), light * 0.8 + stroke * 0.5), hair);
};
