// ListMultipartUploads and ListParts: what has begun and is not complete.
import type { ListMultipartUploadsCommandInput, ListPartsCommandInput } from "@aws-sdk/client-s3";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { encoding, OWNER, pageSize } from "./listing.ts";
import { commonPrefix } from "./pages.ts";
import { bucketRow, shownTime } from "./tables.ts";
import { type PartRow, partsOf, type UploadRow, uploadRow } from "./uploads.ts";

export function uploadListingHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    ListMultipartUploads: async (input: ListMultipartUploadsCommandInput, request) => {
      const { Bucket = "" } = input;
      bucketRow(context.database, Bucket);
      authorize(context, request, "s3:ListBucketMultipartUploads", Bucket);
      return listUploads(context, input);
    },
    ListParts: async (input: ListPartsCommandInput, request) => {
      authorize(context, request, "s3:ListMultipartUploadParts", input.Bucket ?? "", input.Key);
      return listParts(context, input);
    },
  };
}

interface UploadPage {
  uploads: UploadRow[];
  prefixes: Set<string>;
  isTruncated: boolean;
  /** Where the page ended. */
  last: { key: string; id: string };
}

function readUploads(
  context: S3Context,
  input: ListMultipartUploadsCommandInput,
  maximum: number,
): UploadPage {
  const { Bucket = "", Prefix = "", Delimiter = "", KeyMarker = "", UploadIdMarker = "" } = input;
  const page: UploadPage = {
    uploads: [],
    prefixes: new Set(),
    isTruncated: false,
    last: { key: "", id: "" },
  };
  for (const upload of uploadsAfter(context, Bucket, KeyMarker, UploadIdMarker)) {
    const common = commonPrefix(upload.key, Prefix, Delimiter);
    const isRepeated = common !== undefined && (page.prefixes.has(common) || KeyMarker.startsWith(common));
    if (!upload.key.startsWith(Prefix) || isRepeated) continue;
    if (page.uploads.length + page.prefixes.size >= maximum) return { ...page, isTruncated: maximum > 0 };
    if (common === undefined) page.uploads.push(upload);
    else page.prefixes.add(common);
    page.last = common === undefined ? upload : { key: common, id: "" };
  }
  return page;
}

function listUploads(context: S3Context, input: ListMultipartUploadsCommandInput): object {
  const { Bucket, Prefix, Delimiter, KeyMarker = "", UploadIdMarker = "", EncodingType } = input;
  const MaxUploads = pageSize("max-uploads", input.MaxUploads);
  const show = encoding(EncodingType);
  const { uploads, prefixes, isTruncated, last } = readUploads(context, input, MaxUploads);
  return {
    Bucket,
    KeyMarker: show(KeyMarker),
    UploadIdMarker: KeyMarker && UploadIdMarker, // Without a key it is ignored.
    NextKeyMarker: show(last.key),
    NextUploadIdMarker: last.id,
    Prefix: Prefix ? show(Prefix) : undefined,
    Delimiter: Delimiter ? show(Delimiter) : undefined,
    EncodingType,
    MaxUploads,
    IsTruncated: isTruncated,
    CommonPrefixes: [...prefixes].map((prefix) => ({ Prefix: show(prefix) })),
    Uploads: uploads.map((upload) => describeUpload(upload, show)),
  };
}

/**
 * By key, and by age within a key. An upload that is gone since it ended a page was the oldest of its key: whoever aborts
 * page by page goes on with those that are left.
 */
function uploadsAfter({ database }: S3Context, bucket: string, key: string, id: string): UploadRow[] {
  const marker = database.sql("SELECT key, started FROM upload WHERE id = ?").get(id);
  if (key !== "" && marker && marker.key !== key) {
    const detail = { ArgumentName: "upload-id-marker", ArgumentValue: id };
    throw new ServiceError("InvalidArgument", "Invalid uploadId marker", { detail });
  }
  const started = id === "" ? Number.MAX_SAFE_INTEGER : Number(marker?.started ?? 0);
  return database
    .sql(
      `SELECT * FROM upload WHERE bucket = ?1 AND (key > ?2 OR (key = ?2 AND (started, id) > (?3, ?4)))
       ORDER BY key, started, id`,
    )
    .all(bucket, key, started, id) as unknown as UploadRow[];
}

function describeUpload(upload: UploadRow, show: (text: string) => string): object {
  return {
    Key: show(upload.key),
    UploadId: upload.id,
    Initiated: shownTime(upload.started),
    StorageClass: "STANDARD",
    Owner: OWNER,
    Initiator: OWNER,
    ...checksumOf(upload),
  };
}

function listParts({ database }: S3Context, input: ListPartsCommandInput): object {
  const MaxParts = pageSize("max-parts", input.MaxParts);
  const marker = Number(input.PartNumberMarker ?? 0);
  const upload = uploadRow(database, input);
  const later = partsOf(database, upload).filter(({ number }) => number > marker);
  const page = later.slice(0, MaxParts);
  return {
    Bucket: input.Bucket,
    Key: input.Key,
    UploadId: input.UploadId,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts,
    IsTruncated: later.length > page.length,
    StorageClass: "STANDARD",
    Owner: OWNER,
    Initiator: OWNER,
    ...checksumOf(upload),
    Parts: page.map((part) => describePart(part, upload)),
  };
}

function describePart(
  { number, etag, bytes, modified, checksum }: PartRow,
  { algorithm }: UploadRow,
): object {
  return {
    PartNumber: number,
    ETag: `"${etag}"`,
    Size: bytes,
    LastModified: shownTime(modified),
    ...(algorithm !== null && { [`Checksum${algorithm}`]: checksum }),
  };
}

function checksumOf({ algorithm, checksum_type }: UploadRow): object {
  return algorithm === null ? {} : { ChecksumAlgorithm: algorithm, ChecksumType: checksum_type };
}
