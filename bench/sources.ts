// The pictures that are measured: one painted landscape with grain, as each of the files that people upload.
import sharp, { type Sharp } from "sharp";
import { paint } from "../scripts/samples/paint.ts";
import { lakeAtDawn } from "../scripts/samples/scenes.ts";

/** Painting every pixel would take minutes; a photo has no more detail than this at its own size either. */
const PAINTED_SHARE = 0.4;

export interface BenchSource {
  name: string;
  bytes: Buffer;
}

export async function paintSources(megapixels: number): Promise<BenchSource[]> {
  const width = Math.round(Math.sqrt((megapixels * 4_000_000) / 3));
  const height = Math.round((width * 3) / 4);
  const small = paint(Math.round(width * PAINTED_SHARE), Math.round(height * PAINTED_SHARE), lakeAtDawn);
  const enlarged = await sharp(small.data, {
    raw: { width: small.width, height: small.height, channels: 3 },
  })
    .resize(width, height)
    .raw()
    .toBuffer();
  const picture = () => sharp(enlarged, { raw: { width, height, channels: 3 } });
  const files: Record<string, (image: Sharp) => Sharp> = {
    JPEG: (image) => image.jpeg({ quality: 88 }),
    "JPEG, progressive": (image) => image.jpeg({ quality: 88, progressive: true }),
    "JPEG, on its side": (image) => image.withMetadata({ orientation: 6 }).jpeg({ quality: 88 }),
    PNG: (image) => image.png({ compressionLevel: 3 }),
    WebP: (image) => image.webp({ quality: 88, effort: 1 }),
    AVIF: (image) => image.avif({ quality: 60, effort: 0, chromaSubsampling: "4:2:0" }),
  };
  return Promise.all(
    Object.entries(files).map(async ([name, encode]) => ({
      name,
      bytes: await encode(picture()).toBuffer(),
    })),
  );
}
