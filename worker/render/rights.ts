// Author and copyright where EXIF does not say them: in XMP, as Lightroom writes it, or in IPTC, as agencies do. Only these
// two texts are read; a look takes linear time, for both blocks come from strangers.
import { startsWith } from "../inspect/bytes.ts";
import { plainText } from "./exif-fields.ts";

export interface Rights {
  Artist?: string;
  Copyright?: string;
}

/** More than that is no name. */
const MAX_TEXT_BYTES = 1000;

/** Where they differ, XMP's: it has every letter, and is what programs of today write. */
export function rightsOf(xmp: Buffer | undefined, iptc: Buffer | undefined): Rights {
  const agency = iptc ? datasetsOf(iptc) : new Map<number, string>();
  const text = xmp?.toString() ?? "";
  return {
    ...named("Artist", xmpTexts(text, "dc:creator").join("; ") || agency.get(BY_LINE)),
    ...named("Copyright", xmpTexts(text, "dc:rights")[0] || agency.get(COPYRIGHT_NOTICE)),
  };
}

function named(name: keyof Rights, text: string | undefined): Rights {
  return text && Buffer.byteLength(text) <= MAX_TEXT_BYTES ? { [name]: text } : {};
}

/** The items of one property, a list of `<rdf:li>`. */
function xmpTexts(xmp: string, property: string): string[] {
  const from = xmp.indexOf(`<${property}>`);
  const to = from < 0 ? -1 : xmp.indexOf(`</${property}>`, from);
  if (to < 0) return [];
  const items = xmp.slice(from, to).matchAll(/<rdf:li(?:\s[^<>]*)?>([^<]*)<\/rdf:li>/g);
  return [...items].flatMap(([, text = ""]) => plainText(unescaped(text)) ?? []);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescaped(text: string): string {
  const characters = text.replace(
    /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
    },
  );
  return characters.toWellFormed(); // half a character would not be read back as it was written
}

const BY_LINE = 80;
const COPYRIGHT_NOTICE = 116;
const IPTC_RESOURCE = 0x0404;
const PHOTOSHOP = "Photoshop 3.0\0";

/** Photoshop's resources: `8BIM id name size data`, name and data padded to an even length. */
function datasetsOf(block: Buffer): Map<number, string> {
  let at = startsWith(block, PHOTOSHOP) ? PHOTOSHOP.length : 0;
  while (at + 12 <= block.length && startsWith(block, "8BIM", at)) {
    const sizeAt = at + 6 + even(1 + (block[at + 6] ?? 0));
    if (sizeAt + 4 > block.length) break;
    const end = sizeAt + 4 + block.readUInt32BE(sizeAt);
    if (block.readUInt16BE(at + 4) === IPTC_RESOURCE) return textsIn(block.subarray(sizeAt + 4, end));
    at = sizeAt + 4 + even(end - sizeAt - 4);
  }
  return new Map();
}

/** IPTC's records: `1C record dataset length text`; the texts are in record 2. The first of each counts. */
function textsIn(records: Buffer): Map<number, string> {
  const texts = new Map<number, string>();
  for (let at = 0; at + 5 <= records.length && records[at] === 0x1c; ) {
    const end = at + 5 + records.readUInt16BE(at + 3);
    if (end > records.length) break;
    const dataset = records[at + 2] ?? 0;
    const text = records[at + 1] === 2 ? plainText(records.subarray(at + 5, end)) : undefined;
    if (text !== undefined && !texts.has(dataset)) texts.set(dataset, text);
    at = end;
  }
  return texts;
}

function even(length: number): number {
  return length + (length % 2);
}
