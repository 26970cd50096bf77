// EXIF blocks: a little TIFF file, in either byte order.
import { big16, big32, latin1, little16, little32 } from "./numbers.ts";

const SHORT = 3;
const ORIENTATION = 0x0112;

export interface ExifEntry {
  tag: number;
  type: number;
  count: number;
  /** Written as two bytes and two zeros for type 3, else as four. */
  value: number;
}

export function exifBlock(entries: readonly ExifEntry[], order: "II" | "MM" = "II", at = 8): Buffer {
  const int16 = order === "II" ? little16 : big16;
  const int32 = order === "II" ? little32 : big32;
  const written = entries.flatMap(({ tag, type, count, value }) => [
    int16(tag),
    int16(type),
    int32(count),
    ...(type === SHORT ? [int16(value), int16(0)] : [int32(value)]),
  ]);
  const padding = Buffer.alloc(Math.max(0, at - 8));
  return Buffer.concat([
    latin1(order),
    int16(42),
    int32(at),
    padding,
    int16(entries.length),
    ...written,
    int32(0),
  ]);
}

export function orientationBlock(orientation: number, order: "II" | "MM" = "II"): Buffer {
  return exifBlock([{ tag: ORIENTATION, type: SHORT, count: 1, value: orientation }], order);
}
