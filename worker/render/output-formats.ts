// All that differs between the formats of renditions. The defaults are where bytes and CPU meet; the numbers are of one core,
// 2.8 megapixels out. Without sharp itself: the function asks for the memory, and starts without sharp.
import type { Sharp } from "sharp";
import type { RenditionFormat } from "../../settings/variant.ts";

interface OutputFormat {
  contentType: string;
  /** Of 100; PNG loses nothing. */
  quality: number;
  /** Bytes an output pixel while it is encoded. Measured, as all that memory.ts adds up. */
  bytesPerPixel: number;
  encode(image: Sharp, quality: number, effort: number | undefined): Sharp;
}

export const OUTPUT_FORMATS: Record<RenditionFormat, OutputFormat> = {
  avif: {
    contentType: "image/avif",
    quality: 50,
    bytesPerPixel: 37,
    // Effort 1 takes twice the time of 0 for 2 % fewer bytes; sharp's own 4 would take twenty times as long.
    encode: (image, quality, effort = 1) => image.avif({ quality, effort }),
  },
  webp: {
    contentType: "image/webp",
    quality: 78,
    bytesPerPixel: 12,
    // Effort 2 is near the default 4 in bytes at half its time; 6 takes four times as long for 4 % fewer.
    encode: (image, quality, effort = 2) => image.webp({ quality, effort: Math.min(6, effort) }),
  },
  jpeg: {
    contentType: "image/jpeg",
    quality: 80,
    bytesPerPixel: 8,
    // mozjpeg's tables take 8 times as long for 20 % fewer bytes, which WebP and AVIF save anyway.
    encode: (image, quality) => image.jpeg({ quality, progressive: false }),
  },
  png: {
    contentType: "image/png",
    quality: 100,
    bytesPerPixel: 5,
    encode: (image, _quality, effort = 6) => image.png({ compressionLevel: effort }),
  },
};
