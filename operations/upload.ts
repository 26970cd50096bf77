// Puts files into the source bucket, several at a time, and leaves alone what is already there: an upload that was
// broken off is resumed by doing it again.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { pipeline } from "node:stream/promises";
import { HeadObjectCommand, NotFound, PutObjectCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { UPLOAD_BATCH } from "../settings/upload-batch.ts";
import { bareEtag } from "./etag.ts";
import type { Target } from "./target.ts";

export interface SourceFile {
  path: string;
  key: string;
  bytes: number;
}

/** One file's end. `etag` is that of the source object; a file that failed has an error and no etag. */
export type Upload =
  | { file: SourceFile; state: "uploaded" | "present"; etag: string }
  | { file: SourceFile; state: "failed"; error: Error };

export interface UploadOptions {
  concurrency?: number;
  /** Goes with each file that is put, so that the catalog can tell what became of them together. */
  batch?: string;
  signal?: AbortSignal;
  /** Called once for each file, in the order in which they end. */
  onUpload?(upload: Upload): void;
}

type Bucket = Pick<Target, "s3" | "sourceBucket">;

/** In the order of the files. A file that fails does not stop the others; an abort stops all and throws. */
export async function uploadFiles(
  bucket: Bucket,
  files: readonly SourceFile[],
  { concurrency = 8, batch, signal, onUpload }: UploadOptions = {},
): Promise<Upload[]> {
  return await pLimit(concurrency).map(files, async (file) => {
    const upload = await uploadFile(bucket, file, batch, signal);
    onUpload?.(upload);
    return upload;
  });
}

async function uploadFile(
  bucket: Bucket,
  file: SourceFile,
  batch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Upload> {
  try {
    const present = await presentEtag(bucket, file, signal);
    if (present !== undefined) return { file, state: "present", etag: present };
    return { file, state: "uploaded", etag: await put(bucket, file, batch, signal) };
  } catch (error) {
    signal?.throwIfAborted();
    return { file, state: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** An object put in parts has an etag that is no MD5 of it: never equal, so it is put again, which is safe. */
async function presentEtag(
  { s3, sourceBucket }: Bucket,
  file: SourceFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: sourceBucket, Key: file.key }), {
      ...(signal && { abortSignal: signal }),
    });
    const etag = bareEtag(head.ETag);
    return head.ContentLength === file.bytes && etag === (await md5Of(file.path)) ? etag : undefined;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** The SDK can send a buffer again when the connection breaks, but not a stream: only large files are streamed. */
const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

async function put(
  { s3, sourceBucket }: Bucket,
  file: SourceFile,
  batch: string | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const contentType = CONTENT_TYPES[extname(file.key).toLowerCase()];
  const { ETag } = await s3.send(
    new PutObjectCommand({
      Bucket: sourceBucket,
      Key: file.key,
      Body: file.bytes > MAX_BUFFERED_BYTES ? createReadStream(file.path) : await readFile(file.path),
      ContentLength: file.bytes,
      ...(contentType && { ContentType: contentType }),
      ...(batch !== undefined && { Metadata: { [UPLOAD_BATCH]: batch } }),
    }),
    { ...(signal && { abortSignal: signal }) },
  );
  return bareEtag(ETag);
}

/** For people who look at the bucket. The worker reads bytes, not names. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".avif": "image/avif",
  ".gif": "image/gif",
  ".heic": "image/heic",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
  ".webp": "image/webp",
};
