// What a page can show before the first rendition has arrived. Made from the smallest rendition's pixels: from the source it
// would take twenty times as long.
import { rgbaToThumbHash } from "thumbhash";
import { openInSrgb, type Pixels, toPixels } from "./pixels.ts";

/** The most that a thumbhash takes. */
const MAX_SIDE = 100;

/** A thumbhash, base64: https://evanw.github.io/thumbhash/ */
export async function placeholderOf(pixels: Pixels): Promise<string> {
  const small = openInSrgb(pixels).resize({
    width: MAX_SIDE,
    height: MAX_SIDE,
    fit: "inside",
    withoutEnlargement: true,
  });
  const { data, width, height } = await toPixels(small.ensureAlpha(), "srgb");
  return Buffer.from(rgbaToThumbHash(width, height, data)).toString("base64");
}

/** The mean, as `#rrggbb`; transparent parts count as white. */
export async function dominantColourOf(pixels: Pixels): Promise<string> {
  const one = openInSrgb(pixels)
    .flatten({ background: "#ffffff" })
    .resize({ width: 1, height: 1, fit: "fill" });
  const { data } = await toPixels(one, "srgb");
  return `#${data.toString("hex", 0, 3)}`;
}
