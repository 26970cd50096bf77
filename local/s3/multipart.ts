// Multipart uploads: parts are blobs of their own, laid end to end when the upload completes.
import { randomUUID } from "node:crypto";
import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  UploadPartCommandInput,
  UploadPartCopyCommandInput,
} from "@aws-sdk/client-s3";
import { createHashOf } from "../protocol/digests.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import type { Blob } from "../storage/blobs.ts";
import { authorize } from "./access.ts";
import { completeUpload } from "./complete.ts";
import type { S3Context } from "./context.ts";
import { copySource } from "./find.ts";
import { metadataFrom } from "./metadata.ts";
import { checkKey } from "./objects.ts";
import { type Received, receive } from "./receive.ts";
import { blobsOf, bucketRow, NULL_VERSION, shownTime, type VersionRow } from "./tables.ts";
import { dropUpload, uploadRow } from "./uploads.ts";

const MAX_PARTS = 10_000;

export function multipartHandlers(context: S3Context): Record<string, RestHandler> {
  const { database } = context;
  const permitted = (
    request: Request,
    { Bucket = "", Key = "" }: { Bucket?: string | undefined; Key?: string | undefined },
  ) => authorize(context, request, "s3:PutObject", Bucket, Key);
  return {
    CreateMultipartUpload: async (input: CreateMultipartUploadCommandInput, request) => {
      permitted(request, input);
      if (input.Tagging) authorize(context, request, "s3:PutObjectTagging", input.Bucket ?? "", input.Key);
      return create(context, input);
    },
    UploadPart: async (input: UploadPartCommandInput, request) => {
      permitted(request, input);
      partNumber(input);
      const { algorithm } = uploadRow(database, input);
      const received = await receive(context, request, algorithm ?? undefined);
      await keepPart(context, input, received);
      return { ETag: `"${received.etag}"`, [`Checksum${received.algorithm}`]: received.checksum };
    },
    UploadPartCopy: async (input: UploadPartCopyCommandInput, request) => {
      permitted(request, input);
      const { algorithm } = uploadRow(database, input);
      const source = copySource(context, request, input);
      const copied = { headers: {}, body: copiedBytes(context, source, input.CopySourceRange) };
      const received = await receive(context, copied, algorithm ?? undefined);
      await keepPart(context, input, received);
      const CopyPartResult = {
        ETag: `"${received.etag}"`,
        LastModified: shownTime(context.now()),
        ...(algorithm !== null && { [`Checksum${algorithm}`]: received.checksum }),
      };
      const CopySourceVersionId = source.version_id === NULL_VERSION ? undefined : source.version_id;
      return { CopyPartResult, CopySourceVersionId };
    },
    AbortMultipartUpload: async (input: AbortMultipartUploadCommandInput, request) => {
      authorize(context, request, "s3:AbortMultipartUpload", input.Bucket ?? "", input.Key);
      context.blobs.discard(await database.write(() => dropUpload(database, uploadRow(database, input))));
      return undefined;
    },
    CompleteMultipartUpload: async (input: CompleteMultipartUploadCommandInput, request) => {
      permitted(request, input);
      return completeUpload(context, input, request);
    },
  };
}

async function create(context: S3Context, input: CreateMultipartUploadCommandInput): Promise<object> {
  const { Bucket = "", Key = "", ChecksumAlgorithm: algorithm } = input;
  checkKey(Key);
  bucketRow(context.database, Bucket);
  const id = randomUUID().replaceAll("-", "");
  const type = checksumType(input);
  await context.database.write(() =>
    context.database
      .sql("INSERT INTO upload VALUES (?,?,?,?,?,?,?)")
      .run(
        id,
        Bucket,
        Key,
        context.now(),
        JSON.stringify(metadataFrom(input)),
        algorithm ?? null,
        type ?? null,
      ),
  );
  return { Bucket, Key, UploadId: id, ChecksumAlgorithm: algorithm, ChecksumType: type };
}

function checksumType({ ChecksumAlgorithm, ChecksumType }: CreateMultipartUploadCommandInput) {
  if (ChecksumAlgorithm === undefined) {
    if (ChecksumType === undefined) return undefined;
    throw new ServiceError(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  createHashOf(ChecksumAlgorithm); // Throws for one there is not.
  const type = ChecksumType ?? (ChecksumAlgorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const impossible = type === "COMPOSITE" ? /^CRC64NVME$/ : /^SHA/;
  if (!impossible.test(ChecksumAlgorithm)) return type;
  throw new ServiceError(
    "InvalidRequest",
    `The ${type} checksum type cannot be used with the ${ChecksumAlgorithm.toLowerCase()} checksum algorithm.`,
  );
}

interface PartInput {
  Bucket?: string | undefined;
  Key?: string | undefined;
  UploadId?: string | undefined;
  PartNumber?: number | undefined;
}

async function keepPart(
  { database, blobs, now }: S3Context,
  input: PartInput,
  { blob, etag, checksum }: Received,
): Promise<void> {
  const commit = database.write(() => {
    const { id } = uploadRow(database, input);
    const number = partNumber(input);
    const replaced = database
      .sql("SELECT file, bytes FROM part WHERE upload = ? AND number = ?")
      .all(id, number);
    database
      .sql("INSERT OR REPLACE INTO part VALUES (?,?,?,?,?,?,?)")
      .run(id, number, etag, blob.bytes, blob.file, checksum, now());
    return replaced as unknown as Blob[];
  });
  blobs.discard(await blobs.keepIf(commit, [blob]));
}

function partNumber({ PartNumber = 0 }: PartInput): number {
  if (PartNumber >= 1 && PartNumber <= MAX_PARTS) return PartNumber;
  const detail = { ArgumentName: "partNumber", ArgumentValue: String(PartNumber) };
  const message = `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`;
  throw new ServiceError("InvalidArgument", message, { detail });
}

function copiedBytes({ blobs }: S3Context, source: VersionRow, range: string | undefined) {
  if (range === undefined) return blobs.read(blobsOf(source), 0, source.bytes - 1);
  const [first = Number.NaN, last = Number.NaN] = (/^bytes=(\d+)-(\d+)$/.exec(range) ?? [])
    .slice(1)
    .map(Number);
  if (!(first <= last)) {
    throw new ServiceError(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      { detail: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: range } },
    );
  }
  if (last >= source.bytes) {
    const message = `Range specified is not valid for source object of size: ${source.bytes}`;
    throw new ServiceError("InvalidRange", message);
  }
  return blobs.read(blobsOf(source), first, last);
}
