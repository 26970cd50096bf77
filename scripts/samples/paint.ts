// Paints a scene: a function from a point to a colour, then what a camera adds: vignette, tone and grain.
import { clamp, hash, mix } from "./noise.ts";

/** Linear light, 0 to 1 and beyond: highlights are rolled off, not cut. */
export type Colour = [red: number, green: number, blue: number];

/** `x` runs from 0 to the aspect ratio, `y` from 0 at the top to 1. */
export type Scene = (x: number, y: number, aspect: number) => Colour;

export interface Canvas {
  width: number;
  height: number;
  /** 8 bits, RGB. */
  data: Buffer;
}

export interface Film {
  grain: number;
  vignette: number;
}

const PHOTO: Film = { grain: 0.022, vignette: 0.32 };
export const PRINT: Film = { grain: 0.008, vignette: 0 };

export function paint(width: number, height: number, scene: Scene, film: Film = PHOTO): Canvas {
  const data = Buffer.alloc(width * height * 3);
  const aspect = width / height;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = (column + 0.5) / height;
      const y = (row + 0.5) / height;
      const shade = 1 - film.vignette * ((x / aspect - 0.5) ** 2 + (y - 0.5) ** 2) * 1.6;
      const grain = film.grain * (hash(column, row, 1) + hash(column, row, 2) - 1);
      const colour = scene(x, y, aspect);
      const at = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        data[at + channel] = Math.round(255 * clamp(develop((colour[channel] ?? 0) * shade) + grain));
      }
    }
  }
  return { width, height, data };
}

/** Linear light to a display's, with a soft shoulder for what is brighter than white. */
function develop(light: number): number {
  const rolled = light < 0.8 ? light : 0.8 + 0.2 * (1 - Math.exp(-(light - 0.8) / 0.2));
  return Math.max(0, rolled) ** (1 / 2.2);
}

export function blend(from: Colour, to: Colour, amount: number): Colour {
  return [mix(from[0], to[0], amount), mix(from[1], to[1], amount), mix(from[2], to[2], amount)];
}

/** A colour as designers write it, in linear light. */
export function hex(text: string): Colour {
  const channel = (at: number) => (Number.parseInt(text.slice(at, at + 2), 16) / 255) ** 2.2;
  return [channel(1), channel(3), channel(5)];
}

export const palette = (...colours: string[]): Colour[] => colours.map(hex);

/** From the first colour at 0 to the last at 1. */
export function gradient(stops: readonly Colour[], at: number): Colour {
  const place = clamp(at) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  return blend(stops[index] ?? [0, 0, 0], stops[index + 1] ?? [0, 0, 0], place - index);
}

export function add(colour: Colour, light: Colour, amount: number): Colour {
  return [colour[0] + light[0] * amount, colour[1] + light[1] * amount, colour[2] + light[2] * amount];
}
