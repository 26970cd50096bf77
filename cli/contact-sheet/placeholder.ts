// A thumbhash, some 25 bytes, drawn as an image a browser shows before the photo has arrived.
import { thumbHashToDataURL } from "thumbhash";

/** The shortest hash: header and the coefficients of a plain picture. Shorter ones are not thumbhashes. */
const MIN_HASH_BYTES = 5;

export function placeholderUrl(placeholder: string): string | undefined {
  const hash = Buffer.from(placeholder, "base64");
  return hash.length < MIN_HASH_BYTES ? undefined : thumbHashToDataURL(hash);
}
