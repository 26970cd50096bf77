// The answer to a GET or HEAD: headers, and which bytes.
import type { GetObjectCommandInput } from "@aws-sdk/client-s3";
import { isHeaderText } from "../protocol/header-text.ts";
import { ServiceError } from "../protocol/model.ts";
import { checksumFields } from "./metadata.ts";
import { type Checksum, metadataOf, type ObjectMetadata, type VersionRow } from "./tables.ts";

const OVERRIDABLE = [
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "ContentType",
  "Expires",
] as const;

type ReadInput = Pick<
  GetObjectCommandInput,
  "Range" | "PartNumber" | "ChecksumMode" | `Response${(typeof OVERRIDABLE)[number]}`
>;

interface Answer {
  output: Record<string, unknown>;
  start: number;
  /** Included; below `start` for an empty object. */
  end: number;
}

/** `isVersioned`: whether the bucket's versioning was ever set: then even the version null tells its id. */
export function describeVersion(version: VersionRow, input: ReadInput, isVersioned: boolean): Answer {
  const metadata = metadataOf(version);
  const { headers, user, partBytes, tags = [] } = metadata;
  const range = rangeOf(input, version.bytes, partBytes);
  const { start, end } = range ?? { start: 0, end: version.bytes - 1 };
  const isWhole = end - start + 1 === version.bytes;
  const output: Record<string, unknown> = {
    ...headers,
    AcceptRanges: "bytes",
    ETag: `"${version.etag}"`,
    LastModified: new Date(version.modified),
    ContentLength: end - start + 1,
    Metadata: user,
    ...(isVersioned && { VersionId: version.version_id }),
    ...(tags.length > 0 && { TagCount: tags.length }),
    ...(range && { ContentRange: `bytes ${start}-${end}/${version.bytes}`, $status: 206 }),
    ...(input.PartNumber !== undefined && { PartsCount: partBytes?.length }),
    ...(input.ChecksumMode?.toUpperCase() === "ENABLED" &&
      checksumFields(checksumOf(metadata, input, isWhole))),
    ...overridesOf(input),
  };
  return { output, start, end };
}

/** Of just the bytes that are answered: all of the object, or one part of it that has a checksum of its own. */
function checksumOf(
  { checksum, partChecksums }: ObjectMetadata,
  { PartNumber }: ReadInput,
  isWhole: boolean,
): Checksum | undefined {
  if (PartNumber !== undefined && checksum?.type === "COMPOSITE") {
    const value = partChecksums?.[PartNumber - 1];
    return value === undefined ? undefined : { ...checksum, value };
  }
  return isWhole ? checksum : undefined;
}

function overridesOf(input: ReadInput): Record<string, unknown> {
  const overrides = OVERRIDABLE.map((name) => [name, input[`Response${name}`]] as const).filter(
    ([, value]) => value !== undefined,
  );
  for (const [name, value] of overrides)
    if (typeof value === "string" && !isHeaderText(value)) throw notHeaderText(name, value);
  return Object.fromEntries(overrides);
}

function notHeaderText(name: string, value: string): ServiceError {
  const message = "Header value cannot be represented using ISO-8859-1.";
  const detail = { ArgumentName: `response-${name}`, ArgumentValue: value };
  return new ServiceError("InvalidArgument", message, { detail });
}

/** What of the object is asked for; undefined for all of it. An empty object has no range, and is its own first part. */
function rangeOf({ Range, PartNumber }: ReadInput, bytes: number, partBytes: readonly number[] = [bytes]) {
  if (PartNumber === undefined) return byteRange(Range, bytes);
  if (Range !== undefined) {
    const message = "Cannot specify both Range header and partNumber query parameter";
    throw new ServiceError("InvalidRequest", message);
  }
  const part = partRange(partBytes, PartNumber);
  return part.end < part.start ? undefined : part;
}

/** Undefined when the header is absent or not one plain range: then S3 answers with the whole object. */
function byteRange(header: string | undefined, bytes: number): { start: number; end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, bytes - Number(last)) : Number(first);
  const end = first === "" || last === "" ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (start >= bytes || (first === "" && Number(last) === 0)) {
    const detail = { RangeRequested: header ?? "", ActualObjectSize: String(bytes) };
    throw new ServiceError("InvalidRange", "The requested range is not satisfiable", { detail });
  }
  return end < start ? undefined : { start, end };
}

function partRange(partBytes: readonly number[], number: number): { start: number; end: number } {
  const bytes = partBytes[number - 1];
  if (bytes === undefined)
    throw new ServiceError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      detail: { PartNumberRequested: String(number), ActualPartCount: String(partBytes.length) },
    });
  const start = partBytes.slice(0, number - 1).reduce((sum, size) => sum + size, 0);
  return { start, end: start + bytes - 1 };
}
