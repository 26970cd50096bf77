// Value noise: smooth, repeatable, and good for anything that nature made.

/** A value from 0 to 1 that depends on nothing but the numbers given. */
export function hash(x: number, y: number, seed: number): number {
  let mixed = Math.imul(x, 374_761_393) + Math.imul(y, 668_265_263) + Math.imul(seed, 2_147_483_647);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 1_274_126_177);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 4_294_967_295;
}

export function noise(x: number, y: number, seed: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = ease(x - left);
  const down = ease(y - top);
  const upper = mix(hash(left, top, seed), hash(left + 1, top, seed), across);
  const lower = mix(hash(left, top + 1, seed), hash(left + 1, top + 1, seed), across);
  return mix(upper, lower, down);
}

/** Noise of noise: `octaves` layers, each twice as fine and half as strong. 0 to 1. */
export function fractal(x: number, y: number, seed: number, octaves: number): number {
  let sum = 0;
  let strength = 0.5;
  let scale = 1;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += strength * noise(x * scale, y * scale, seed + octave);
    strength /= 2;
    scale *= 2.03; // not exactly twice, so that the layers never line up
  }
  return sum / (1 - 0.5 ** octaves);
}

/** Sharp crests: mountains. 0 to 1. */
export function ridges(x: number, seed: number, octaves: number): number {
  let sum = 0;
  let strength = 0.5;
  let scale = 1;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += strength * (1 - Math.abs(2 * noise(x * scale, octave * 7.3, seed + octave) - 1));
    strength *= 0.5;
    scale *= 2.1;
  }
  return sum;
}

export function mix(from: number, to: number, amount: number): number {
  return from + (to - from) * amount;
}

export function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** 0 below `from`, 1 above `to`, smooth between. */
export function step(from: number, to: number, value: number): number {
  return ease(clamp((value - from) / (to - from)));
}

function ease(t: number): number {
  return t * t * (3 - 2 * t);
}
