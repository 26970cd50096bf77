// Text in HTTP headers, which have ISO-8859-1 at most: other text travels as the encoded words of RFC 2047.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html

/** Whether a header can carry it as it is. */
export function isHeaderText(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text);
}

export function headerText(text: string): string {
  return isHeaderText(text) ? text : encodedWord(text);
}

/** Metadata of users is told in US-ASCII only. */
export function asciiText(text: string): string {
  return /^[\t\x20-\x7e]*$/.test(text) ? text : encodedWord(text);
}

/** As recorded of S3: base64 unless most of it is ASCII. */
function encodedWord(text: string): string {
  const plain = text.match(/[\t\r\n\x20-\x7e]/g)?.length ?? 0;
  const bytes = Buffer.from(text);
  if (plain <= text.length / 2) return `=?UTF-8?B?${bytes.toString("base64")}?=`;
  const quoted = bytes.toString("latin1").replace(/[^\x20-\x7e]|[=?_]/g, hexOf);
  return `=?UTF-8?Q?${quoted.replaceAll(" ", "_")}?=`;
}

function hexOf(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** What its encoded words say; those that are not well-formed stay as they are. */
export function decodedText(text: string): string {
  return text
    .replace(/=\?UTF-8\?B\?([\w+/]+={0,2})\?=/gi, (_, base64) => Buffer.from(base64, "base64").toString())
    .replace(/=\?UTF-8\?Q\?([^?]*)\?=/gi, (_, quoted: string) => unquoted(quoted));
}

function unquoted(text: string): string {
  const bytes = text
    .replaceAll("_", " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
