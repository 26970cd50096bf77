// Two ways to write text with percent signs. encodeURIComponent is neither: it leaves !'()* as they are.

/** RFC 3986, as signatures are made of. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hex);
}

/** As an HTML form would, with slashes kept: keys in S3's events, and in listings with `encoding-type=url`. */
export function formEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, hex)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
