// A rendition in the source's own format should not weigh more than the source: somebody has already compressed that one
// harder than we would, and whoever asked for fewer pixels did not ask for more bytes.
import sharp, { type Sharp } from "sharp";
import type { Pixels } from "./pixels.ts";

/** Below this, artefacts are worse than bytes. */
const LEAST_QUALITY = 20;

/** Encodes this often at most: the quality is then known to 3 of 100. */
const ATTEMPTS = 5;

/** The best quality that fits, by bisection; where none does, the smallest file that was found. */
export async function pickQuality(
  body: Buffer,
  maxBytes: number,
  quality: number,
  encodeAt: (quality: number) => Promise<Buffer>,
): Promise<Buffer> {
  let best = body;
  let [low, high] = [Math.min(LEAST_QUALITY, quality), quality - 1];
  for (let attempt = 0; attempt < ATTEMPTS && low <= high; attempt += 1) {
    const middle = attempt === ATTEMPTS - 1 && best.length > maxBytes ? low : Math.floor((low + high) / 2);
    const tried = await encodeAt(middle);
    const fits = tried.length <= maxBytes;
    if (fits ? best.length > maxBytes || tried.length > best.length : tried.length < best.length)
      best = tried;
    [low, high] = fits ? [middle + 1, high] : [low, middle - 1];
  }
  return best;
}

const PALETTE_SIZE = 256;

/** PNG has no quality; but where there are few colours, a palette says the same in a quarter of the bytes. */
export async function pickSmallestPng(body: Buffer, open: () => Sharp, pixels: Pixels): Promise<Buffer> {
  const candidates = [body, await open().png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer()];
  const colours = countColours(pixels);
  if (colours <= PALETTE_SIZE) {
    const palette = { palette: true, colours: Math.max(2, colours), dither: 0, effort: 10 };
    const withPalette = await open()
      .png({ compressionLevel: 9, ...palette })
      .toBuffer();
    if (await showsTheSame(withPalette, pixels)) candidates.push(withPalette);
  }
  return candidates.reduce((best, candidate) => (candidate.length < best.length ? candidate : best));
}

/** No further than a palette goes. */
function countColours({ data, channels }: Pixels): number {
  const colours = new Set<number>();
  for (let at = 0; at < data.length && colours.size <= PALETTE_SIZE; at += channels) {
    colours.add(data.readUIntBE(at, channels));
  }
  return colours.size;
}

/** The encoder may merge colours that are close. */
async function showsTheSame(png: Buffer, { data, channels }: Pixels): Promise<boolean> {
  const image = sharp(png, { ignoreIcc: true });
  const same = channels === 4 ? image.ensureAlpha() : image.removeAlpha();
  return data.equals(await same.toColourspace("srgb").raw().toBuffer());
}
