// Multipart uploads: parts are blobs of their own, laid end to end when the upload completes.
import { randomUUID } from "node:crypto";
import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommandInput,
  ListPartsCommandInput,
  UploadPartCommandInput,
  UploadPartCopyCommandInput,
} from "@aws-sdk/client-s3";
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
import { blobsOf, bucketRow } from "./tables.ts";
import { dropUpload, type PartRow, partsOf, type UploadRow, uploadRow } from "./uploads.ts";

const MAX_PARTS = 10_000;
const MAX_PAGE = 1000;

export function multipartHandlers(context: S3Context): Record<string, RestHandler> {
  const { database } = context;
  const permitted = (
    request: Request,
    { Bucket = "", Key = "" }: { Bucket?: string | undefined; Key?: string | undefined },
  ) => authorize(context, request, "s3:PutObject", Bucket, Key);
  return {
    CreateMultipartUpload: async (input: CreateMultipartUploadCommandInput, request) => {
      permitted(request, input);
      return create(context, input);
    },
    UploadPart: async (input: UploadPartCommandInput, request) => {
      permitted(request, input);
      const { algorithm } = uploadRow(database, input);
      const received = await receive(context, request, algorithm ?? undefined);
      await keepPart(context, input, received);
      return { ETag: `"${received.etag}"`, [`Checksum${received.algorithm}`]: received.checksum };
    },
    UploadPartCopy: async (input: UploadPartCopyCommandInput, request) => {
      permitted(request, input);
      const { algorithm } = uploadRow(database, input);
      const copied = { ...request, headers: {}, body: copiedBytes(context, input, request) };
      const received = await receive(context, copied, algorithm ?? undefined);
      await keepPart(context, input, received);
      return { CopyPartResult: { ETag: `"${received.etag}"`, LastModified: new Date(context.now()) } };
    },
    ListParts: async (input: ListPartsCommandInput, request) => {
      authorize(context, request, "s3:ListMultipartUploadParts", input.Bucket ?? "", input.Key);
      return listParts(context, input);
    },
    ListMultipartUploads: async ({ Bucket = "", Prefix = "" }: ListMultipartUploadsCommandInput, request) => {
      bucketRow(database, Bucket);
      authorize(context, request, "s3:ListBucketMultipartUploads", Bucket);
      const rows = database
        .sql("SELECT * FROM upload WHERE bucket = ? ORDER BY key, started")
        .all(Bucket) as unknown as UploadRow[];
      const Uploads = rows
        .filter(({ key }) => key.startsWith(Prefix))
        .map(({ key, id, started }) => ({
          Key: key,
          UploadId: id,
          Initiated: new Date(started),
          StorageClass: "STANDARD",
        }));
      return { Bucket, Prefix, MaxUploads: MAX_PAGE, IsTruncated: false, Uploads };
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
  const byDefault = algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const type = algorithm && (input.ChecksumType ?? byDefault);
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
  throw new ServiceError(
    "InvalidArgument",
    `Part number must be an integer between 1 and ${MAX_PARTS}, inclusive`,
  );
}

function copiedBytes(context: S3Context, input: UploadPartCopyCommandInput, request: Request) {
  const source = copySource(context, request, input);
  if (input.CopySourceRange === undefined) return context.blobs.read(blobsOf(source), 0, source.bytes - 1);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(input.CopySourceRange) ?? [];
  if (first === undefined || last === undefined) {
    throw new ServiceError(
      "InvalidArgument",
      "The x-amz-copy-source-range value must be of the form bytes=first-last",
    );
  }
  if (Number(last) >= source.bytes) {
    throw new ServiceError(
      "InvalidRange",
      `Range specified is not valid for source object of size: ${source.bytes}`,
    );
  }
  return context.blobs.read(blobsOf(source), Number(first), Number(last));
}

function listParts({ database }: S3Context, input: ListPartsCommandInput): object {
  const maximum = Math.min(input.MaxParts ?? MAX_PAGE, MAX_PAGE);
  const after = Number(input.PartNumberMarker ?? 0);
  const later = partsOf(database, uploadRow(database, input)).filter(({ number }) => number > after);
  const page = later.slice(0, maximum);
  const described = ({ number, etag, bytes, modified }: PartRow) => ({
    PartNumber: number,
    ETag: `"${etag}"`,
    Size: bytes,
    LastModified: new Date(modified),
  });
  return {
    Bucket: input.Bucket,
    Key: input.Key,
    UploadId: input.UploadId,
    MaxParts: maximum,
    IsTruncated: later.length > page.length,
    NextPartNumberMarker: page.at(-1)?.number,
    StorageClass: "STANDARD",
    Parts: page.map(described),
  };
}
