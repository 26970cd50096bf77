// A large file, put in parts. S3 itself keeps what was sent: whoever starts again, after a kill too, asks it which parts it has,
// and sends the others. Only an upload of which every part is this file's is gone on with: it may be somebody else's.
//
//   nothing ──CreateMultipartUpload──► parts, in any order ──all of them──► CompleteMultipartUpload ──► the object
//                                        ▲  killed: they stay, a day long, and are found again
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
  type ListPartsCommandOutput,
  type MultipartUpload,
  type Part,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { LimitFunction } from "p-limit";
import { bareEtag } from "./etag.ts";

export interface LargeFile {
  path: string;
  bytes: number;
  at: { Bucket: string; Key: string };
  /** With which it is begun; an upload that is gone on with keeps those it has. */
  headers: Pick<CreateMultipartUploadCommandInput, "ContentType" | "Metadata">;
}

export interface MultipartOptions {
  /** Of all parts of all files. */
  limit: LimitFunction;
  signal?: AbortSignal | undefined;
  onBytes?: ((bytes: number) => void) | undefined;
}

const MEBIBYTE = 1024 * 1024;
/** As the aws command has it, so that either knows again what the other has put. */
const LEAST_PART_BYTES = 8 * MEBIBYTE;
const MAX_PARTS = 10_000;

function partBytesOf(fileBytes: number): number {
  let bytes = LEAST_PART_BYTES;
  while (bytes * MAX_PARTS < fileBytes) bytes *= 2;
  return bytes;
}

/** The etag that the object gets: of the parts' digests, one after the other, and their number. */
export async function multipartEtag(path: string, fileBytes: number): Promise<string> {
  const digests = await partDigests(path, fileBytes);
  return `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${digests.length}`;
}

/** Resolves to its etag. */
export async function putInParts(s3: S3Client, file: LargeFile, options: MultipartOptions): Promise<string> {
  const digests = (await partDigests(file.path, file.bytes)).map((digest) => digest.toString("hex"));
  const { uploadId, present } = (await findBrokenOff(s3, file, digests)) ?? (await start(s3, file));
  const { signal, limit, onBytes } = options;
  const send = { ...(signal && { abortSignal: signal }) };
  const partBytes = partBytesOf(file.bytes);
  const numbers = digests.map((_, index) => index + 1);
  const handle = await open(file.path);
  try {
    const parts = await Promise.all(
      numbers.map((PartNumber) =>
        limit(async () => {
          signal?.throwIfAborted();
          const start = (PartNumber - 1) * partBytes;
          const bytes = Math.min(partBytes, file.bytes - start);
          const ETag = present.get(PartNumber) ?? (await putPart(PartNumber, start, bytes));
          onBytes?.(bytes);
          return { PartNumber, ETag };
        }),
      ),
    );
    const { ETag } = await s3.send(
      new CompleteMultipartUploadCommand({
        ...file.at,
        UploadId: uploadId,
        MultipartUpload: { Parts: parts },
      }),
      send,
    );
    return bareEtag(ETag);
  } finally {
    await handle.close();
  }

  async function putPart(PartNumber: number, start: number, bytes: number): Promise<string> {
    // A buffer can be sent again when the connection breaks.
    const Body = Buffer.alloc(bytes);
    await handle.read(Body, 0, bytes, start);
    if (createHash("md5").update(Body).digest("hex") !== digests[PartNumber - 1])
      throw new Error("It changed while it was uploaded.");
    const command = new UploadPartCommand({ ...file.at, UploadId: uploadId, PartNumber, Body });
    return (await s3.send(command, send)).ETag ?? "";
  }
}

interface Begun {
  uploadId: string;
  /** Part number to etag. */
  present: ReadonlyMap<number, string>;
}

async function start(s3: S3Client, { at, headers }: LargeFile): Promise<Begun> {
  const { UploadId = "" } = await s3.send(new CreateMultipartUploadCommand({ ...at, ...headers }));
  return { uploadId: UploadId, present: new Map() };
}

async function findBrokenOff(
  s3: S3Client,
  file: LargeFile,
  digests: readonly string[],
): Promise<Begun | undefined> {
  const isOurs = ({ PartNumber = 0, ETag }: Part) => bareEtag(ETag) === digests[PartNumber - 1];
  for await (const { UploadId = "" } of uploadsUnderWay(s3, file)) {
    const parts = await partsOf(s3, file, UploadId);
    if (parts.length === 0 || !parts.every(isOurs)) continue;
    return {
      uploadId: UploadId,
      present: new Map(parts.map(({ PartNumber = 0, ETag = "" }) => [PartNumber, ETag])),
    };
  }
  return undefined;
}

async function* uploadsUnderWay(s3: S3Client, { at }: LargeFile): AsyncGenerator<MultipartUpload> {
  const { Bucket, Key } = at;
  let next: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  while (next) {
    const page: ListMultipartUploadsCommandOutput = await s3.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: Key, ...next }),
    );
    for (const upload of page.Uploads ?? []) if (upload.Key === Key) yield upload;
    const { IsTruncated, NextKeyMarker = "", NextUploadIdMarker = "" } = page;
    next = IsTruncated ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : undefined;
  }
}

/** Not by the SDK's paginator: S3 names a next part on the last page too, and it would ask for ever. */
async function partsOf(s3: S3Client, { at }: LargeFile, UploadId: string): Promise<Part[]> {
  const parts: Part[] = [];
  let next: { PartNumberMarker?: string } | undefined = {};
  while (next) {
    const page: ListPartsCommandOutput = await s3.send(new ListPartsCommand({ ...at, UploadId, ...next }));
    parts.push(...(page.Parts ?? []));
    const { IsTruncated, NextPartNumberMarker = "" } = page;
    next = IsTruncated ? { PartNumberMarker: NextPartNumberMarker } : undefined;
  }
  return parts;
}

async function partDigests(path: string, fileBytes: number): Promise<Buffer[]> {
  const partBytes = partBytesOf(fileBytes);
  const digests: Buffer[] = [];
  for (let start = 0; start < fileBytes; start += partBytes) {
    const hash = createHash("md5");
    for await (const chunk of createReadStream(path, { start, end: start + partBytes - 1 }))
      hash.update(chunk);
    digests.push(hash.digest());
  }
  return digests;
}
