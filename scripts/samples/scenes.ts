// Landscapes out of noise, in the light of an hour.
import { clamp, fractal, hash, noise, ridges, step } from "./noise.ts";
import { add, blend, type Colour, gradient, hex, palette, type Scene } from "./paint.ts";

const DAWN = palette("#27355c", "#56598a", "#a8748f", "#e79a7c", "#fdd3a0");

/** Ranges of hills, each nearer one darker, over a lake that holds the sky. */
export const lakeAtDawn: Scene = (x, y, aspect) => {
  const shore = 0.66;
  const isWater = y > shore;
  const ripple = isWater ? (noise(x * 14, y * 260, 5) - 0.5) * 0.02 * (0.4 + (y - shore) * 3) : 0;
  const mirrored = isWater ? shore - (y - shore) * 0.92 + ripple : y;
  const scene = hillsInMist(x + ripple * 2, mirrored, shore, aspect);
  if (!isWater) return scene;
  const depth = (y - shore) / (1 - shore);
  const glitter =
    step(0.72, 0.95, noise(x * 26, y * 330, 9)) * Math.exp(-(((x - aspect * 0.62) / 0.2) ** 2)) * (1 - depth);
  return add(blend(scene, hex("#1b2440"), 0.12 + 0.55 * depth), hex("#ffd9a6"), 0.8 * glitter);
};

function hillsInMist(x: number, y: number, shore: number, aspect: number): Colour {
  const sun = Math.hypot(x - aspect * 0.62, y - 0.47);
  let colour = gradient(DAWN, y / shore + (fractal(x * 2.2, y * 7, 31, 5) - 0.5) * 0.16);
  colour = add(colour, hex("#ffe2b0"), 0.95 * Math.exp(-((sun / 0.06) ** 2)) + 0.5 * Math.exp(-sun / 0.22));
  for (let range = 0; range < 6; range += 1) {
    const nearness = range / 5;
    const crest =
      0.42 +
      0.05 * range -
      ridges(x * (1.1 + 0.35 * range) + range * 3.7, 40 + range, 7) * (0.2 - 0.022 * range);
    const edge = step(crest - 0.0015, crest + 0.0015, y);
    const mist = clamp((y - crest) * 3.2) * (1 - nearness * 0.65);
    const rock = 0.85 + 0.3 * fractal(x * 30, y * 60, 60 + range, 4);
    const dark = blend(hex("#b98a94"), hex("#131a2e"), 0.2 + 0.8 * nearness);
    const hill = blend([dark[0] * rock, dark[1] * rock, dark[2] * rock], hex("#eab595"), 0.75 * mist);
    colour = blend(colour, hill, edge);
  }
  return colour;
}

/** The band of the galaxy, dust in it, stars by size, and pines against it. */
export const nightSky: Scene = (x, y, aspect) => {
  const along = (x - aspect * 0.5) * 0.52 + (y - 0.45) * 0.86;
  const across = (x - aspect * 0.52) * 0.86 - (y - 0.42) * 0.52;
  const warp = fractal(x * 3, y * 3, 70, 5) - 0.5;
  const band = Math.exp(-(((across + warp * 0.22) / 0.16) ** 2));
  const dust =
    step(0.42, 0.68, fractal(x * 5 + warp, y * 5, 77, 6)) * Math.exp(-(((across + warp * 0.1) / 0.07) ** 2));
  let colour = gradient(palette("#04060f", "#0a1330", "#1d2a55", "#3c4a78"), y * 1.05);
  colour = add(
    colour,
    blend(hex("#5b6fb5"), hex("#e7a98a"), clamp(0.5 + along * 1.3)),
    band * 0.42 * (0.5 + fractal(x * 7, y * 7, 80, 5)),
  );
  colour = blend(colour, hex("#070812"), dust * 0.72);
  colour = add(colour, [1, 0.96, 0.9], stars(x, y, band));
  colour = add(colour, hex("#f2a45c"), 0.3 * Math.exp(-(((y - 0.93) / 0.13) ** 2)));
  return blend(colour, hex("#020308"), forest(x, y));
};

function stars(x: number, y: number, band: number): number {
  let light = 0;
  for (const [cells, threshold, size] of [
    [70, 0.93, 0.12],
    [170, 0.9, 0.16],
    [380, 0.9, 0.24],
  ] as const) {
    const column = Math.floor(x * cells);
    const row = Math.floor(y * cells);
    if (hash(column, row, cells) < threshold - band * 0.12) continue;
    const brightness = hash(column, row, cells + 1) ** 3;
    const dx = x * cells - column - 0.2 - 0.6 * hash(column, row, cells + 2);
    const dy = y * cells - row - 0.2 - 0.6 * hash(column, row, cells + 3);
    light += brightness * Math.exp(-(dx * dx + dy * dy) / (size * size)) * 1.7;
  }
  return light;
}

function forest(x: number, y: number): number {
  let covered = 0;
  for (let layer = 0; layer < 2; layer += 1) {
    const spacing = 0.024 + layer * 0.016;
    const tree = Math.floor(x / spacing);
    for (let neighbour = tree - 1; neighbour <= tree + 1; neighbour += 1) {
      const height = (0.06 + 0.1 * hash(neighbour, layer, 90)) * (1 + layer * 0.5);
      const trunk = (neighbour + 0.5 + 0.5 * (hash(neighbour, layer, 91) - 0.5)) * spacing;
      const foot = 0.97 - layer * 0.005 - 0.05 * noise(x * 2, layer, 95);
      const up = (foot - y) / height;
      const branches = 0.72 + 0.28 * Math.abs(((up * 9 + hash(neighbour, layer, 92)) % 1) - 0.5) * 2;
      const half = Math.max(0, 1 - up) * spacing * 0.62 * branches;
      if (up < 1 && Math.abs(x - trunk) < half) covered = 1;
      if (y > foot) covered = 1;
    }
  }
  return covered;
}

/** Low sun over sand: long curved crests, wind in fine lines. */
export const dunes: Scene = (x, y) => {
  let colour = gradient(
    palette("#5b7ea6", "#a9b6bd", "#f0d2a8"),
    y / 0.42 + (fractal(x * 2, y * 9, 3, 4) - 0.5) * 0.25,
  );
  for (let dune = 0; dune < 5; dune += 1) {
    const crest =
      0.3 +
      dune * 0.13 +
      0.1 * Math.sin(x * (1.5 + dune * 0.22) + dune * 2.1) +
      (noise(x * 1.3, dune, 12) - 0.5) * 0.14;
    const below = y - crest;
    if (below < -0.002) continue;
    const slope = Math.cos(x * (1.5 + dune * 0.22) + dune * 2.1) + (noise(x * 1.3 + 0.4, dune, 12) - 0.5) * 2;
    const fall = below * (2.4 - dune * 0.2);
    const isLit = step(-0.35, 0.5, slope - fall * 2.2 + 0.25);
    const wind = noise(x * 10 + y * 30, y * 330 + Math.sin(x * 9) * 6, 20 + dune);
    const sand = gradient(
      palette("#4a2a20", "#8f4f2c", "#d98b4a", "#f7c684"),
      isLit * 0.86 + (wind - 0.5) * 0.13 * (0.4 + dune * 0.22),
    );
    const haze = blend(sand, hex("#ecc9a0"), 0.5 * (1 - dune / 4) ** 1.5);
    colour = blend(colour, haze, step(-0.002, 0.001, below));
  }
  return colour;
};

/** Curtains of light over a frozen plain. */
export const aurora: Scene = (x, y, aspect) => {
  let colour = gradient(palette("#030711", "#071427", "#0d2b3d", "#1b4a52"), y / 0.8);
  colour = add(colour, [0.9, 0.95, 1], stars(x, y, 0) * 0.8);
  for (let curtain = 0; curtain < 3; curtain += 1) {
    const foot =
      0.56 -
      curtain * 0.1 +
      0.09 * Math.sin(x * (2.3 + curtain) + curtain * 1.9) +
      0.08 * (fractal(x * 1.7, curtain * 3, 50, 4) - 0.5);
    const height = foot - y;
    if (height < -0.03) continue;
    const rays =
      0.35 + 0.65 * fractal(x * 26 + fractal(x * 3, y * 2, 57, 3) * 4, y * 0.7, 53 + curtain, 4) ** 1.6 * 1.9;
    const strength =
      step(-0.03, 0.03, height) * Math.exp(-Math.max(0, height) / (0.17 + curtain * 0.05)) * rays;
    const hue = gradient(palette("#7cffb0", "#3be28f", "#2aa6a0", "#6a4bb8", "#a8418f"), height / 0.48);
    colour = add(colour, hue, strength * (0.62 - curtain * 0.12));
  }
  const plain = 0.8 - 0.05 * ridges(x * 1.6, 44, 6) * Math.exp(-(((x - aspect * 0.3) / 0.6) ** 2));
  const snow = gradient(palette("#0c2a30", "#123b40", "#2c6d63"), fractal(x * 5, y * 26, 47, 5) * 0.9);
  return blend(colour, snow, step(plain - 0.002, plain + 0.002, y) * 0.96);
};

/** Sails and far snow over clear water. */
export const lakeAtNoon: Scene = (x, y, aspect) => {
  const shore = 0.5;
  let colour = gradient(palette("#3f86cf", "#7fb4e2", "#cfe5f2"), y / shore);
  colour = blend(
    colour,
    [1, 1, 1],
    step(0.5, 0.82, fractal(x * 2.4, y * 6.5, 15, 7)) * 0.86 * clamp((0.46 - y) * 6),
  );
  for (let range = 0; range < 3; range += 1) {
    const crest =
      0.42 +
      range * 0.035 -
      ridges(x * (1.3 + range * 0.5) + range * 5.1, 22 + range, 8) * (0.25 - range * 0.085);
    const above = crest + 0.1 - y;
    const light = fractal(x * 24 + y * 20, y * 34, 26 + range, 5);
    const rock = blend(hex("#5d7591"), hex("#2f4a3f"), range / 2);
    const snow = range === 0 ? step(0.0, 0.08, above * 0.8 + (light - 0.5) * 0.14) : 0;
    const shaded: Colour = [rock[0] * (0.6 + light), rock[1] * (0.6 + light), rock[2] * (0.6 + light)];
    const hazy = blend(blend(shaded, [0.95, 0.97, 1], snow), hex("#9cc1e0"), 0.42 - range * 0.17);
    colour = blend(colour, hazy, step(crest - 0.0015, crest + 0.0015, y));
  }
  if (y > shore) colour = water(x, (y - shore) / (1 - shore), y);
  return sails(colour, x, y, aspect);
};

function water(x: number, depth: number, y: number): Colour {
  const wave = fractal(x * (9 - depth * 4), y * (150 - depth * 85), 17, 4);
  const colour = gradient(
    palette("#8fc3dd", "#3f93bf", "#14608f", "#0a3f68"),
    depth * 0.92 + (wave - 0.5) * 0.34,
  );
  return add(colour, [1, 1, 1], step(0.72, 0.86, wave) * 0.42);
}

function sails(below: Colour, x: number, y: number, aspect: number): Colour {
  let colour = below;
  for (const [place, foot, height, tint] of [
    [0.3, 0.6, 0.12, "#f7f3ea"],
    [0.44, 0.555, 0.06, "#ffffff"],
    [0.76, 0.7, 0.24, "#fbf6ec"],
    [0.6, 0.53, 0.035, "#f4f7fa"],
  ] as const) {
    const up = (foot - y) / height;
    const side = (x - place * aspect) / height;
    const isSail =
      up > 0.08 &&
      up < 1 &&
      ((side > 0.015 && side < 0.36 * (1 - up) + 0.02) || (side < -0.015 && side > -0.2 * (0.92 - up)));
    const isHull = up <= 0.06 && up > -0.02 && Math.abs(side - 0.04) < 0.3 - (0.06 - up) * 1.4;
    if (isSail) colour = blend(hex(tint), hex("#c9b79f"), clamp(side * 1.4 + 0.1));
    if (isHull) colour = hex("#7c2d22");
    const mirror =
      step(1.2, 0, -up) *
      (up < -0.02 && Math.abs(side + noise(y * 190, 1, 8) * 0.08) < 0.2 * (1 + up) ? 1 : 0);
    colour = blend(colour, [0.92, 0.93, 0.92], mirror * 0.4);
  }
  return colour;
}

/** A ringed planet over its moon's horizon: long soft gradients, which is what 16 bits are for. */
export const planet: Scene = (x, y, aspect) => {
  const cx = aspect * 0.56;
  const cy = 0.46;
  const dx = (x - cx) / 0.3;
  const dy = (y - cy) / 0.3;
  const radius = Math.hypot(dx, dy);
  let colour = gradient(palette("#070510", "#140c26", "#341a3c"), y);
  colour = add(colour, [0.95, 0.93, 1], stars(x, y, 0.05) * 0.7);
  const tilt = { x: dx * 0.94 + dy * 0.34, y: (dy * 0.94 - dx * 0.34) / 0.27 };
  const ring = Math.hypot(tilt.x, tilt.y);
  const isRing =
    step(1.28, 1.3, ring) *
    step(2.16, 2.1, ring) *
    (0.35 + 0.65 * noise(ring * 46, 1, 33)) *
    (1 - 0.8 * step(0.02, 0, Math.abs(ring - 1.83)));
  const isBehind = tilt.y < 0;
  if (isBehind) colour = blend(colour, hex("#e9cda4"), isRing * 0.74);
  if (radius < 1.004) colour = blend(colour, disc(dx, dy), step(1.004, 0.996, radius));
  const shadow = isBehind ? 1 : 1 - 0.7 * step(0.5, -0.6, dx) * step(1.15, 0.9, Math.abs(dy * 1.1));
  if (!isBehind) colour = blend(colour, hex("#f1d6ae"), isRing * 0.86 * shadow);
  const ground = 0.86 - 0.06 * Math.sin((x / aspect) * 3.1) - ridges(x * 2.4, 71, 7) * 0.05;
  const soil = gradient(
    palette("#0b0714", "#2c1830", "#6e3a4e"),
    fractal(x * 14, y * 40, 73, 6) * 1.15 - (y - ground) * 1.4,
  );
  return blend(colour, soil, step(ground - 0.0015, ground + 0.0015, y));
};

function disc(dx: number, dy: number): Colour {
  const depth = Math.sqrt(Math.max(0, 1 - dx * dx - dy * dy));
  const latitude = dy * 0.94 - dx * 0.34;
  const storm = (fractal(dx * 2.4, latitude * 9, 64, 6) - 0.5) * 0.22;
  const bands = noise(latitude * 7 + storm * 3.2, 3, 66);
  const surface = gradient(palette("#a35a3d", "#e0a86b", "#f4dcae", "#c9805a", "#f3c78c"), bands + storm);
  const light = clamp(0.06 + 1.15 * (dx * -0.62 + dy * -0.3 + depth * 0.72));
  return [surface[0] * light, surface[1] * light, surface[2] * light];
}
