// How much metadata an AVIF file has: EXIF and XMP are items beside the picture, wherever `iloc` says, and a profile is a
// property. Pieces of an item may overlap, so a small file can claim much: what counts is what a decoder would copy.
import { type Box, boxesIn, boxIn } from "./iso-boxes.ts";

/** `meta`: the boxes in it; `properties`: of all items. */
export function avifMetadataBytes(meta: Buffer, properties: readonly Box[], fileBytes: number): number {
  const items = metadataItems(boxIn(meta, "iinf")?.body ?? Buffer.alloc(0));
  const profiles = properties.filter(({ type }) => type === "colr").map(({ body }) => body.length);
  let total = profiles.reduce((sum, length) => sum + length, 0);
  for (const { id, bytes } of locations(boxIn(meta, "iloc")?.body ?? Buffer.alloc(0), fileBytes)) {
    if (items.has(id)) total += bytes;
  }
  return total;
}

/** Ids of what is neither a picture nor a part of one. */
function metadataItems(iinf: Buffer): Set<number> {
  const ids = new Set<number>();
  for (const { type, body } of boxesIn(iinf.subarray(iinf[0] === 0 ? 6 : 8))) {
    const idBytes = body[0] === 2 ? 2 : 4;
    if (type !== "infe" || body.length < 4 + idBytes + 6) continue;
    const kind = body.toString("latin1", 4 + idBytes + 2, 4 + idBytes + 6);
    if (kind === "Exif" || kind === "mime" || kind === "uri ") ids.add(body.readUIntBE(4, idBytes));
  }
  return ids;
}

/** `iloc`: per item its pieces, in fields whose widths are told at its head. */
function* locations(iloc: Buffer, fileBytes: number): Generator<{ id: number; bytes: number }> {
  const version = iloc[0] ?? 0;
  const [sizes = 0, more = 0] = [iloc[4], iloc[5]];
  const [offsetBytes, lengthBytes, baseBytes] = [sizes >> 4, sizes & 15, more >> 4];
  const lengthAt = offsetBytes + (version === 0 ? 0 : more & 15);
  const idBytes = version < 2 ? 2 : 4;
  const piecesAt = idBytes + (version === 0 ? 2 : 4) + baseBytes;
  for (let at = 6 + idBytes; at + piecesAt + 2 <= iloc.length; ) {
    const id = iloc.readUIntBE(at, idBytes);
    const pieces = iloc.readUInt16BE(at + piecesAt);
    const from = at + piecesAt + 2;
    at = from + pieces * (lengthAt + lengthBytes);
    // Without a length, a piece is the whole file.
    let bytes = lengthBytes === 0 ? pieces * fileBytes : 0;
    const isWhole = at <= iloc.length && lengthBytes > 0;
    for (let piece = from; isWhole && piece < at; piece += lengthAt + lengthBytes) {
      bytes += numberAt(iloc, piece + lengthAt, lengthBytes) || fileBytes;
    }
    yield { id, bytes };
  }
}

/** Of any number of bytes: beyond 48 bits exact no more, but large enough. */
function numberAt(bytes: Buffer, at: number, length: number): number {
  let number = 0;
  for (let index = at; index < at + length; index += 1) number = number * 256 + (bytes[index] ?? 0);
  return number;
}
