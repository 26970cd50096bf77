// The orientation, out of an EXIF block (a little TIFF file). Nothing else of it is read, and nothing in it is trusted.

const ORIENTATION_TAG = 0x0112;
const ENTRY_BYTES = 12;

/** 1 to 8; 1 for a block that is damaged, or says something else. */
export function orientationOf(exif: Buffer): number {
  const littleEndian = exif.toString("latin1", 0, 2) === "II";
  const bigEndian = exif.toString("latin1", 0, 2) === "MM";
  if (exif.length < 8 || (!littleEndian && !bigEndian)) return 1;
  const uint16 = (at: number) => (littleEndian ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const directory = littleEndian ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (directory + 2 > exif.length) return 1;
  const entries = uint16(directory);
  for (let index = 0; index < entries; index += 1) {
    const at = directory + 2 + index * ENTRY_BYTES;
    if (at + ENTRY_BYTES > exif.length) return 1;
    if (uint16(at) !== ORIENTATION_TAG) continue;
    const orientation = uint16(at + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
