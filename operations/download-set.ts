// Copies the renditions that a manifest lists into a folder, below their own keys.
import { createWriteStream } from "node:fs";
import { mkdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { keyPath } from "./key-path.ts";
import { type Manifest, manifestKey } from "./manifest.ts";
import type { Target } from "./target.ts";

type Bucket = Pick<Target, "s3" | "destinationBucket">;

/**
 * A file is there whole or not at all: it gets its name when its last byte is written. Of several failures the first is
 * thrown, once nothing is being written any more.
 */
export async function downloadSet(
  bucket: Bucket,
  manifest: Manifest,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const keys = [...manifest.renditions.map(({ key }) => key), manifestKey(manifest.source.key)];
  const limit = pLimit(4);
  const copies = keys.map((key) => limit(downloadObject, bucket, key, folder, signal));
  const failed = (await Promise.allSettled(copies)).find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}

async function downloadObject(
  { s3, destinationBucket }: Bucket,
  key: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  const path = keyPath(folder, key);
  await makeFolder(folder, dirname(path));
  const partial = `${path}.partial`;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: destinationBucket, Key: key }), {
    ...(signal && { abortSignal: signal }),
  });
  if (!(Body instanceof Readable)) throw new Error(`The answer for ${key} has no body.`);
  try {
    await pipeline(Body, createWriteStream(partial), { ...(signal && { signal }) });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** A link below the folder may lead elsewhere, where nothing of ours belongs. */
async function makeFolder(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const below = relative(await realpath(root), await realpath(folder));
  if (below === ".." || below.startsWith(`..${sep}`)) {
    throw new Error(`${folder} is a link that leads out of ${root}.`);
  }
}
