// What an object carries besides its bytes.
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import { decodedText } from "../protocol/header-text.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Received } from "./receive.ts";
import type { Checksum, ObjectMetadata } from "./tables.ts";
import { tagsFrom } from "./tags.ts";

const KEPT = [
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "ContentType",
  "WebsiteRedirectLocation",
] as const;

type WithHeaders = Pick<PutObjectCommandInput, (typeof KEPT)[number] | "Expires" | "Metadata" | "Tagging">;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const MAX_USER_BYTES = 2048;

export function metadataFrom(input: WithHeaders, checksum?: Checksum): ObjectMetadata {
  const sent = Object.entries(input.Metadata ?? {});
  const user = Object.fromEntries(sent.map(([name, value]) => [name, decodedText(value)]));
  checkUserMetadata(user);
  const headers: Record<string, string> = { ContentType: "binary/octet-stream" };
  for (const name of KEPT) {
    const value = input[name];
    if (value !== undefined) headers[name] = value;
  }
  if (input.Expires) headers.Expires = input.Expires.toUTCString();
  // aws-chunked was the framing of this upload, not an encoding of the object.
  const encodings = headers.ContentEncoding?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "aws-chunked" && name !== "");
  if (encodings?.length) headers.ContentEncoding = encodings.join(", ");
  else delete headers.ContentEncoding;
  return {
    headers,
    user,
    tags: tagsFrom(input.Tagging),
    ...(checksum && { checksum }),
  };
}

function checkUserMetadata(metadata: Record<string, string>): void {
  const bytes = Buffer.byteLength(Object.entries(metadata).flat().join(""));
  if (bytes <= MAX_USER_BYTES) return;
  const message = "Your metadata headers exceed the maximum allowed metadata size";
  const detail = { Size: String(bytes), MaxSizeAllowed: String(MAX_USER_BYTES) };
  throw new ServiceError("MetadataTooLarge", message, { detail });
}

export function checksumOf({ algorithm, checksum }: Received): Checksum {
  return { algorithm, value: checksum, type: "FULL_OBJECT" };
}

/** As members of an output: `ChecksumCRC32`, `ChecksumType`. */
export function checksumFields(checksum: Checksum | undefined): Record<string, string> {
  return checksum ? { [`Checksum${checksum.algorithm}`]: checksum.value, ChecksumType: checksum.type } : {};
}
