// Names what it is not: "HEIC" tells a photographer what to do, "unsupported" does not.
import { Failure, type FailureCode } from "../failure.ts";
import { startsWith } from "./bytes.ts";

interface Known {
  name: string;
  code: FailureCode;
  matches(bytes: Buffer): boolean;
}

const SVG =
  /^\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]{0,200}?-->\s*)?(?:<!DOCTYPE svg|<svg)/i;

const KNOWN: readonly Known[] = [
  {
    name: "HEIC",
    code: "UNSUPPORTED_FORMAT_HEIC",
    matches: (bytes) =>
      startsWith(bytes, "ftyp", 4) && /hei[cxms]|hev[cx]|mif1|msf1/.test(bytes.toString("latin1", 8, 64)),
  },
  {
    name: "TIFF",
    code: "UNSUPPORTED_FORMAT_TIFF",
    matches: (bytes) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].some((magic) => startsWith(bytes, magic)),
  },
  {
    name: "JPEG XL",
    code: "UNSUPPORTED_FORMAT_JXL",
    matches: (bytes) => startsWith(bytes, "\0\0\0\x0cJXL ") || startsWith(bytes, "\xff\x0a"),
  },
  {
    name: "JPEG 2000",
    code: "UNSUPPORTED_FORMAT_JP2",
    matches: (bytes) => startsWith(bytes, "\0\0\0\x0cjP") || startsWith(bytes, "\xff\x4f\xff\x51"),
  },
  { name: "PDF", code: "UNSUPPORTED_FORMAT_PDF", matches: (bytes) => startsWith(bytes, "%PDF-") },
  { name: "PSD", code: "UNSUPPORTED_FORMAT_PSD", matches: (bytes) => startsWith(bytes, "8BPS") },
  {
    name: "SVG",
    code: "UNSUPPORTED_FORMAT_SVG",
    matches: (bytes) => SVG.test(bytes.toString("latin1", 0, 512)),
  },
];

export function unsupported(bytes: Buffer): Failure {
  const known = KNOWN.find(({ matches }) => matches(bytes));
  const supported = "a JPEG, PNG, GIF, WebP or AVIF image";
  if (known) return new Failure(known.code, `Expected ${supported}, but received ${known.name}.`);
  const start = bytes.toString("latin1", 0, 12).replace(/[^\x20-\x7e]/g, ".");
  return new Failure(
    "UNSUPPORTED_FORMAT",
    `Expected ${supported}, but received a file that starts with "${start}".`,
  );
}
