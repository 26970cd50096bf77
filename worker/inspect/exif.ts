// The orientation, out of an EXIF block (a little TIFF file). Nothing in it is trusted.

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;
/** What some writers use instead of a SHORT, the type that the standard asks for. */
const LONG = 4;
const TIFF = 42;

/** 1 to 8; 1 for a block that is damaged, or says something else. */
export function orientationOf(exif: Buffer): number {
  const reader = exifReaderOf(exif);
  if (!reader) return 1;
  const { uint16, uint32 } = reader;
  const directory = uint32(4);
  if (directory + 2 > exif.length) return 1;
  const entries = uint16(directory);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > exif.length) return 1;
    if (uint16(at) === ORIENTATION_TAG)
      return known(uint16(at + 2) === LONG ? uint32(at + 8) : uint16(at + 8));
  }
  return 1;
}

export interface ExifReader {
  uint16(at: number): number;
  uint32(at: number): number;
}

/** In the block's own byte order; nothing when it is no TIFF file. */
export function exifReaderOf(exif: Buffer): ExifReader | undefined {
  const order = exif.toString("latin1", 0, 2);
  if (exif.length < 8 || (order !== "II" && order !== "MM")) return undefined;
  const reader =
    order === "II"
      ? { uint16: (at: number) => exif.readUInt16LE(at), uint32: (at: number) => exif.readUInt32LE(at) }
      : { uint16: (at: number) => exif.readUInt16BE(at), uint32: (at: number) => exif.readUInt32BE(at) };
  return reader.uint16(2) === TIFF ? reader : undefined;
}

function known(orientation: number): number {
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}
