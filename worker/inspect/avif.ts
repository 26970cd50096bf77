// AVIF: HEIF boxes. A file may hold thumbnails, tiles and an alpha plane beside its picture, so the size is that of the
// primary item. Decoders turn the picture as its properties say: the same eight ways as EXIF, told in two steps.
import { avifMetadataBytes } from "./avif-metadata.ts";
import { corrupt, startsWith, truncated } from "./bytes.ts";
import type { Header } from "./header.ts";
import { type Box, boxesIn, boxIn } from "./iso-boxes.ts";

/** By quarter turns against the clock (`irot`), and then by the mirror (`imir`). */
const ORIENTATIONS = {
  unmirrored: [1, 8, 3, 6],
  topBottom: [4, 5, 2, 7],
  leftRight: [2, 7, 4, 5],
};

/** Brands of HEIF in general say nothing of the codec; the items, which do, are listed early. */
const ITEM_LIST_BYTES = 65_536;

export function readAvif(bytes: Buffer): Header | undefined {
  if (!startsWith(bytes, "ftyp", 4) || !isAvif(bytes)) return undefined;
  const meta = boxIn(bytes, "meta");
  if (!meta || meta.isCut) throw truncated("AVIF");
  const children = meta.body.subarray(4);
  const properties = boxIn(children, "iprp")?.body ?? Buffer.alloc(0);
  const all = [...boxesIn(boxIn(properties, "ipco")?.body ?? Buffer.alloc(0))];
  const own = primaryProperties(children, properties, all);
  return {
    format: "avif",
    ...sizeFrom(own),
    frames: 1,
    orientation: orientationFrom(own),
    // The primary item may be a grid: its tiles, then, know how the pixels are coded.
    kind: all.some(isDeepOrFullChroma) ? "avif-deep" : "avif",
    metadataBytes: avifMetadataBytes(children, all, bytes.length),
  };
}

/** Brands say AVIF, or are those of HEIF in general while the codec is AV1. */
function isAvif(bytes: Buffer): boolean {
  const brands = bytes.toString("latin1", 8, Math.min(bytes.readUInt32BE(0), 256, bytes.length));
  if (/avi[fs]/.test(brands)) return true;
  return /mi[fa][1f]|msf1/.test(brands) && bytes.subarray(0, ITEM_LIST_BYTES).includes("av01");
}

function primaryProperties(meta: Buffer, properties: Buffer, all: readonly Box[]): Box[] {
  const primary = boxIn(meta, "pitm")?.body;
  const idBytes = primary?.[0] === 0 ? 2 : 4;
  if (!primary || primary.length < 4 + idBytes) throw corrupt("AVIF", "a primary image");
  const id = primary.readUIntBE(4, idBytes);
  const own: Box[] = [];
  for (const { type, body } of boxesIn(properties)) {
    if (type !== "ipma") continue;
    for (const index of associationsOf(id, body)) {
      const property = all[index - 1];
      if (property) own.push(property);
    }
  }
  return own;
}

/** `ipma`: per item its id, and one-based places in the list of properties, whose top bit means "essential". */
function* associationsOf(wanted: number, ipma: Buffer): Generator<number> {
  const isWideId = (ipma[0] ?? 0) > 0;
  const bytesPerIndex = (ipma[3] ?? 0) & 1 ? 2 : 1;
  const idBytes = isWideId ? 4 : 2;
  for (let at = 8; at + idBytes < ipma.length; ) {
    const id = ipma.readUIntBE(at, idBytes);
    const from = at + idBytes + 1;
    at = from + (ipma[from - 1] ?? 0) * bytesPerIndex;
    if (id !== wanted || at > ipma.length) continue;
    for (let place = from; place < at; place += bytesPerIndex) {
      yield ipma.readUIntBE(place, bytesPerIndex) & (bytesPerIndex === 2 ? 0x7fff : 0x7f);
    }
  }
}

/** As coded, unless the picture is cropped (`clap`: width and height as fractions), which comes before it is turned. */
function sizeFrom(properties: readonly Box[]): { width: number; height: number } {
  const coded = properties.find(({ type }) => type === "ispe")?.body;
  if (!coded || coded.length < 12) throw corrupt("AVIF", "a size");
  const crop = properties.find(({ type }) => type === "clap")?.body;
  const fraction = (at: number) => {
    const value = crop && crop.length >= 32 ? crop.readUInt32BE(at) / crop.readUInt32BE(at + 4) : 0;
    return Number.isInteger(value) && value > 0 ? value : Number.POSITIVE_INFINITY;
  };
  return {
    width: Math.min(coded.readUInt32BE(4), fraction(0)),
    height: Math.min(coded.readUInt32BE(8), fraction(8)),
  };
}

function orientationFrom(properties: readonly Box[]): number {
  const turn = properties.find(({ type }) => type === "irot")?.body[0] ?? 0;
  const mirror = properties.find(({ type }) => type === "imir")?.body[0];
  if (mirror === undefined) return ORIENTATIONS.unmirrored[turn & 3] ?? 1;
  return (mirror & 1 ? ORIENTATIONS.leftRight : ORIENTATIONS.topBottom)[turn & 3] ?? 1;
}

/** The third byte of `av1C`: bit 6 is "more than 8 bits", and bits 3 and 2 are unset for 4:4:4. */
function isDeepOrFullChroma({ type, body }: Box): boolean {
  const flags = body[2] ?? 0;
  return type === "av1C" && ((flags & 0x40) !== 0 || (flags & 0x0c) === 0);
}
