// Which renditions are in Display P3: those that ask for it, of sources whose own profile has more colours than sRGB.
import "./sharp-setup.ts";
import sharp from "sharp";
import type { Gamut, Variant } from "../../settings/variant.ts";
import { startsWith } from "../inspect/bytes.ts";

export interface InGamut {
  gamut: Gamut;
  variants: Variant[];
}

/** The variants by what they are decoded to, each group by itself: sRGB does not come out of Display P3. At least one. */
export async function byGamut(source: Uint8Array, variants: readonly Variant[]): Promise<InGamut[]> {
  const inSrgb = { gamut: "srgb" as const, variants: variants.filter(({ gamut }) => gamut !== "p3") };
  if (inSrgb.variants.length === variants.length || !(await isWide(source)))
    return [{ gamut: "srgb", variants: [...variants] }];
  const wide = variants.filter(({ gamut }) => gamut === "p3");
  const inP3 = { gamut: "p3" as const, variants: await Promise.all(wide.map(withBackgroundInP3)) };
  return inSrgb.variants.length === 0 ? [inP3] : [inSrgb, inP3];
}

async function isWide(source: Uint8Array): Promise<boolean> {
  const { icc } = await sharp(source, { pages: 1 }).metadata();
  return icc !== undefined && isWiderThanSrgb(icc);
}

/** Settings say colours in sRGB. */
async function withBackgroundInP3(variant: Variant): Promise<Variant> {
  const create = { width: 1, height: 1, channels: 3, background: variant.background } as const;
  const pixel = await sharp({ create }).withIccProfile("p3", { attach: false }).raw().toBuffer();
  return { ...variant, background: `#${pixel.toString("hex", 0, 3)}` };
}

/** From XYZ, for the white that profiles refer to (D50), to red, green and blue of sRGB, without its curve. */
const TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/** How much of a primary must lack for it to lie outside: every profile of sRGB rounds in its own way. */
const OUTSIDE = -0.05;

/** Whether a profile's red, green or blue lies outside of sRGB. Those of printers, and tables, have none. */
export function isWiderThanSrgb(profile: Buffer): boolean {
  if (!startsWith(profile, "RGB XYZ ", 16)) return false;
  return primariesOf(profile).some((xyz) =>
    TO_SRGB.some((row) => row.reduce((sum, factor, index) => sum + factor * (xyz[index] ?? 0), 0) < OUTSIDE),
  );
}

const TAGS_AT = 128;
const TAG_BYTES = 12;
const PRIMARIES = new Set(["rXYZ", "gXYZ", "bXYZ"]);

/** As XYZ. Nothing in a profile is trusted. */
function primariesOf(profile: Buffer): number[][] {
  const room = Math.floor((profile.length - TAGS_AT - 4) / TAG_BYTES);
  const tags = room > 0 ? Math.min(profile.readUInt32BE(TAGS_AT), room) : 0;
  return Array.from({ length: tags }, (_, index) => TAGS_AT + 4 + index * TAG_BYTES)
    .filter((at) => PRIMARIES.has(profile.toString("latin1", at, at + 4)))
    .map((at) => profile.readUInt32BE(at + 4))
    .filter((at) => at + 20 <= profile.length)
    .map((at) => [8, 12, 16].map((offset) => profile.readInt32BE(at + offset) / 65_536));
}
