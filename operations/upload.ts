// Puts files into the source bucket, several at a time, and leaves alone what is already there: an upload that was broken off,
// even in the midst of a large file, is resumed by doing it again.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { pipeline } from "node:stream/promises";
import { HeadObjectCommand, NotFound, PutObjectCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { UPLOAD_BATCH } from "../settings/upload-batch.ts";
import { bareEtag } from "./etag.ts";
import { type MultipartOptions, multipartEtag, putInParts } from "./multipart-upload.ts";
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
  /** Bytes that are stored now, or were before: in the end, all of all files but those that failed. */
  onBytes?(bytes: number): void;
  /** Called once for each file, in the order in which they end. */
  onUpload?(upload: Upload): void;
}

type Bucket = Pick<Target, "s3" | "sourceBucket">;

/** In the order of the files. A file that fails does not stop the others; an abort stops all and throws. */
export async function uploadFiles(
  bucket: Bucket,
  files: readonly SourceFile[],
  { concurrency = 8, batch, signal, onBytes, onUpload }: UploadOptions = {},
): Promise<Upload[]> {
  const putting = { limit: pLimit(concurrency), batch, signal, onBytes };
  return await pLimit(concurrency).map(files, async (file) => {
    const upload = await uploadFile(bucket, file, putting);
    onUpload?.(upload);
    return upload;
  });
}

type Putting = MultipartOptions & { batch: string | undefined };

async function uploadFile(bucket: Bucket, file: SourceFile, putting: Putting): Promise<Upload> {
  try {
    const present = await presentEtag(bucket, file, putting.signal);
    if (present === undefined) return { file, state: "uploaded", etag: await put(bucket, file, putting) };
    putting.onBytes?.(file.bytes);
    return { file, state: "present", etag: present };
  } catch (error) {
    putting.signal?.throwIfAborted();
    return { file, state: "failed", error: error instanceof Error ? error : new Error(String(error)) };
  }
}

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
    if (head.ContentLength !== file.bytes) return undefined;
    const own = etag.includes("-") ? await multipartEtag(file.path, file.bytes) : await md5Of(file.path);
    return etag === own ? etag : undefined;
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

/** Above it, a file is put in parts: what is sent at once must fit into memory, and a broken upload shall not start anew. */
const MAX_BYTES_AT_ONCE = 16 * 1024 * 1024;

async function put(
  { s3, sourceBucket: Bucket }: Bucket,
  { path, key: Key, bytes }: SourceFile,
  { batch, ...options }: Putting,
): Promise<string> {
  const contentType = CONTENT_TYPES[extname(Key).toLowerCase()];
  const headers = {
    ...(contentType && { ContentType: contentType }),
    ...(batch !== undefined && { Metadata: { [UPLOAD_BATCH]: batch } }),
  };
  const { signal, onBytes } = options;
  if (bytes > MAX_BYTES_AT_ONCE)
    return await putInParts(s3, { path, bytes, at: { Bucket, Key }, headers }, options);
  const { ETag } = await s3.send(
    new PutObjectCommand({
      ...{ Bucket, Key },
      Body: await readFile(path),
      ...headers,
    }),
    { ...(signal && { abortSignal: signal }) },
  );
  onBytes?.(bytes);
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
