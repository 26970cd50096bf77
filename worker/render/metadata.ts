// What of a photo's metadata its renditions keep. Nothing is copied: what may stay is read, and written anew. And whatever
// is written is read back before it leaves: one place in it, and there is no rendition.
import "./sharp-setup.ts";
import sharp, { type Sharp } from "sharp";
import type { MetadataPolicy } from "../../settings/variant.ts";
import { Failure } from "../failure.ts";
import {
  CAMERA_TAGS,
  COPYRIGHT_TAGS,
  EXPOSURE_TAGS,
  type ExifFields,
  exifFields,
  tellsMore,
  tiffBlock,
} from "./exif-fields.ts";
import { rightsOf } from "./rights.ts";

/** Nothing, or at least one field. */
export type Kept = ExifFields | undefined;

/** Reads a source's metadata once, and tells what each policy keeps of it. */
export async function metadataReader(source: Uint8Array): Promise<(policy: MetadataPolicy) => Kept> {
  const { exif, xmp, iptc } = await sharp(source, { pages: 1 }).metadata();
  const block = tiffBlock(exif ?? Buffer.alloc(0));
  const rights = rightsOf(xmp, iptc);
  // EXIF's own word counts first: it is what cameras are set to write.
  const withRights = ({ IFD0, IFD2 }: ExifFields) => someOf({ IFD0: { ...rights, ...IFD0 }, IFD2 });
  const byPolicy = {
    none: undefined,
    copyright: withRights(exifFields(block, COPYRIGHT_TAGS, {})),
    "all-but-location": withRights(exifFields(block, CAMERA_TAGS, EXPOSURE_TAGS)),
  };
  return (policy) => byPolicy[policy];
}

function someOf(fields: ExifFields): Kept {
  return Object.keys(fields.IFD0).length + Object.keys(fields.IFD2).length > 0 ? fields : undefined;
}

export function withKept(image: Sharp, kept: Kept): Sharp {
  if (!kept) return image;
  const { IFD0, IFD2 } = kept;
  const tagged = image.withExif({ IFD0, IFD2 });
  // EXIF knows ASCII only: names and © survive in XMP.
  const xmp = xmpOf(kept);
  return xmp === undefined ? tagged : tagged.withXmp(xmp);
}

function xmpOf(kept: Kept): string | undefined {
  const { Artist, Copyright } = kept?.IFD0 ?? {};
  return Artist || Copyright ? rightsXmp(Artist, Copyright) : undefined;
}

/** Throws UNKNOWN, for it would be a bug of ours, rather than let a place out. */
export async function expectNoPlace(body: Uint8Array, kept?: Kept): Promise<void> {
  const { exif, xmp, iptc } = await sharp(body, { pages: 1 }).metadata();
  const isOurs = xmp === undefined || xmp.toString() === xmpOf(kept);
  const isSafe = !(exif && tellsMore(tiffBlock(exif))) && isOurs && iptc === undefined;
  if (!isSafe) throw new Failure("UNKNOWN", "A rendition's metadata would have told a place.");
}

function rightsXmp(artist: string | undefined, copyright: string | undefined): string {
  const rights = copyright
    ? `<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">${escaped(copyright)}</rdf:li></rdf:Alt></dc:rights>`
    : "";
  const creator = artist
    ? `<dc:creator><rdf:Seq><rdf:li>${escaped(artist)}</rdf:li></rdf:Seq></dc:creator>`
    : "";
  return (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">' +
    `${rights}${creator}</rdf:Description></rdf:RDF></x:xmpmeta>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
