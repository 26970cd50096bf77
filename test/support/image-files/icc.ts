// Colour profiles: a header, a table of tags, and their values. Three primaries and a curve are a whole profile.
import { deflateSync } from "node:zlib";
import { big16, big32, latin1 } from "./numbers.ts";
import { chunk } from "./png.ts";

type Xyz = readonly [number, number, number];

/** Adobe RGB (1998), whose white was adapted to D50 as profiles want it. */
export const ADOBE_RGB = {
  red: [0.60974, 0.31111, 0.01947],
  green: [0.20528, 0.62567, 0.06087],
  blue: [0.14919, 0.06322, 0.74457],
} as const;

/** Display P3, likewise. */
export const DISPLAY_P3 = {
  red: [0.51512, 0.2412, -0.00105],
  green: [0.29198, 0.69225, 0.04189],
  blue: [0.1571, 0.06657, 0.78407],
} as const;

const HEADER_BYTES = 128;
const D50: Xyz = [0.9642, 1, 0.8249];

const fixed16 = (value: number) => big32(Math.round(value * 65_536));
const xyz = (values: Xyz) => Buffer.concat([latin1("XYZ \0\0\0\0"), ...values.map(fixed16)]);

export interface Primaries {
  red: Xyz;
  green: Xyz;
  blue: Xyz;
}

/** A display's, with one power as its curve; 563/256 as Adobe RGB has it. */
export function displayProfile({ red, green, blue }: Primaries, power = 563 / 256): Buffer {
  const curve = Buffer.concat([
    latin1("curv\0\0\0\0"),
    big32(1),
    big16(Math.round(power * 256)),
    Buffer.alloc(2),
  ]);
  const text = Buffer.concat([latin1("text\0\0\0\0"), latin1("none\0\0\0\0")]);
  const tags: [string, Buffer][] = [
    ["rXYZ", xyz(red)],
    ["gXYZ", xyz(green)],
    ["bXYZ", xyz(blue)],
    ["wtpt", xyz(D50)],
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve],
    ["cprt", text],
  ];
  let at = HEADER_BYTES + 4 + tags.length * 12;
  const table = tags.map(([name, value]) => {
    const entry = Buffer.concat([latin1(name), big32(at), big32(value.length)]);
    at += value.length;
    return entry;
  });
  return Buffer.concat([header(at), big32(tags.length), ...table, ...tags.map(([, value]) => value)]);
}

function header(bytes: number): Buffer {
  const written = Buffer.alloc(HEADER_BYTES);
  big32(bytes).copy(written, 0);
  big32(0x02_10_00_00).copy(written, 8);
  written.write("mntrRGB XYZ ", 12, "latin1");
  written.write("acsp", 36, "latin1");
  Buffer.concat(D50.map(fixed16)).copy(written, 68);
  return written;
}

/** A PNG with a profile put right behind its header. */
export function pngWithProfile(png: Buffer, profile: Buffer): Buffer {
  const named = Buffer.concat([latin1("profile\0\0"), deflateSync(profile)]);
  return Buffer.concat([png.subarray(0, 33), chunk("iCCP", named), png.subarray(33)]);
}
