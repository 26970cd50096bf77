// What may be kept of a photo's EXIF: a closed list of fields that cannot tell a place or a person's equipment number.
// GPS, thumbnails, maker notes, comments and serial numbers are not left out one by one: they are never read.
import { type ExifReader, exifReaderOf } from "../inspect/exif.ts";

/** By directory, as sharp's withExif names them, and as text: "1/250" for a fraction. */
export interface ExifFields {
  IFD0: Record<string, string>;
  IFD2: Record<string, string>;
}

const EXIF_DIRECTORY = 0x8769;
const ENTRY_BYTES = 12;
const MAX_TEXT_BYTES = 1000;

export const COPYRIGHT_TAGS: Readonly<Record<number, string>> = { 315: "Artist", 33432: "Copyright" };

export const CAMERA_TAGS: Readonly<Record<number, string>> = {
  ...COPYRIGHT_TAGS,
  271: "Make",
  272: "Model",
  305: "Software",
  306: "DateTime",
};

export const EXPOSURE_TAGS: Readonly<Record<number, string>> = {
  33434: "ExposureTime",
  33437: "FNumber",
  34850: "ExposureProgram",
  34855: "ISOSpeedRatings",
  36867: "DateTimeOriginal",
  36868: "DateTimeDigitized",
  36880: "OffsetTime",
  36881: "OffsetTimeOriginal",
  37380: "ExposureBiasValue",
  37383: "MeteringMode",
  37385: "Flash",
  37386: "FocalLength",
  41986: "ExposureMode",
  41987: "WhiteBalance",
  41989: "FocalLengthIn35mmFilm",
  42035: "LensMake",
  42036: "LensModel",
};

/** Of a TIFF block, in which every offset may lie. */
export function exifFields(
  block: Buffer,
  cameraTags: Readonly<Record<number, string>>,
  exposureTags: Readonly<Record<number, string>>,
): ExifFields {
  const reader = exifReaderOf(block);
  if (!reader) return { IFD0: {}, IFD2: {} };
  const directory = reader.uint32(4);
  const pointer = entriesOf(block, reader, directory).find(({ tag }) => tag === EXIF_DIRECTORY);
  const exposureAt = pointer ? reader.uint32(pointer.valueAt) : block.length;
  return {
    IFD0: namedValues(block, reader, directory, cameraTags),
    IFD2: namedValues(block, reader, exposureAt, exposureTags),
  };
}

const GPS_DIRECTORY = 0x8825;

/** Whether a block says where, or has a thumbnail (a second directory), which may show what was cropped away. */
export function tellsMore(block: Buffer): boolean {
  const reader = exifReaderOf(block);
  if (!reader) return false;
  const directory = reader.uint32(4);
  const entries = entriesOf(block, reader, directory);
  const nextAt = directory + 2 + entries.length * ENTRY_BYTES;
  const hasNext = nextAt + 4 <= block.length && reader.uint32(nextAt) !== 0;
  return hasNext || entries.some(({ tag }) => tag === GPS_DIRECTORY);
}

/** Of JPEG's EXIF, the TIFF block behind its preamble; of others, all of it. */
export function tiffBlock(exif: Buffer): Buffer {
  return exif.toString("latin1", 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
}

interface Entry {
  tag: number;
  type: number;
  count: number;
  valueAt: number;
}

function entriesOf(block: Buffer, { uint16, uint32 }: ExifReader, directory: number): Entry[] {
  if (directory + 2 > block.length) return [];
  const room = Math.floor((block.length - directory - 2) / ENTRY_BYTES);
  return Array.from({ length: Math.min(uint16(directory), room) }, (_, index) => {
    const at = directory + 2 + index * ENTRY_BYTES;
    return { tag: uint16(at), type: uint16(at + 2), count: uint32(at + 4), valueAt: at + 8 };
  });
}

function namedValues(
  block: Buffer,
  reader: ExifReader,
  directory: number,
  tags: Readonly<Record<number, string>>,
): Record<string, string> {
  const named = entriesOf(block, reader, directory).flatMap((entry) => {
    const name = tags[entry.tag];
    const value = name === undefined ? undefined : fieldOf(block, reader, entry);
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(named);
}

/** Text, or one number; none of the fields has more. */
function fieldOf(block: Buffer, reader: ExifReader, { type, count, valueAt }: Entry): string | undefined {
  const at = type === 2 ? (count > 4 ? reader.uint32(valueAt) : valueAt) : reader.uint32(valueAt);
  if (type === 2) return textAt(block, at, count);
  if (type === 3) return String(reader.uint16(valueAt));
  if (type === 4) return String(reader.uint32(valueAt));
  if ((type !== 5 && type !== 10) || at + 8 > block.length) return undefined;
  return `${reader.uint32(at)}/${reader.uint32(at + 4)}`;
}

function textAt(block: Buffer, at: number, count: number): string | undefined {
  if (count > MAX_TEXT_BYTES || at + count > block.length) return undefined;
  return plainText(block.subarray(at, at + count));
}

/** On one line. EXIF and IPTC say ASCII; programs write UTF-8, and older ones Latin 1. */
export function plainText(written: Buffer | string): string | undefined {
  const utf8 = written.toString("utf8");
  const isLatin = typeof written !== "string" && utf8.includes("\ufffd");
  const text = isLatin ? written.toString("latin1") : utf8;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return text.replace(/[\x00-\x1f\x7f]/g, " ").trim() || undefined;
}
