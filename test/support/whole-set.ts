// An independent judge of a set in a bucket: decodes and hashes what lies there, and asks nobody who made it.
import { createHash } from "node:crypto";
import {
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";

export interface Buckets {
  s3: S3Client;
  sourceBucket: string;
  destinationBucket: string;
}

interface ListedRendition {
  key: string;
  format: string;
  width: number;
  height: number;
  bytes: number;
  etag: string;
  sha256: string;
}

/** The set of `key` is whole and of the source as it is now, and nothing else lies beside it. Resolves to its renditions' keys. */
export async function expectWholeSet(buckets: Buckets, key: string): Promise<string[]> {
  const { s3, sourceBucket, destinationBucket } = buckets;
  const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: sourceBucket, Key: key }));
  const manifestKey = `${key}/manifest.json`;
  const manifest = JSON.parse((await read(s3, destinationBucket, manifestKey)).body.toString());
  expect(manifest.source.etag.replaceAll('"', ""), `source of ${manifestKey}`).to.equal(bare(ETag));
  const renditions: ListedRendition[] = manifest.renditions;
  const keys = renditions.map((rendition) => rendition.key);
  expect(renditions, `renditions of ${key}`).to.not.be.empty;
  expect(await keysBelow(buckets, `${key}/`), `keys of ${key}`).to.have.members([manifestKey, ...keys]);
  for (const rendition of renditions) await expectRendition(buckets, rendition);
  return keys;
}

async function expectRendition({ s3, destinationBucket }: Buckets, listed: ListedRendition): Promise<void> {
  const { body, etag } = await read(s3, destinationBucket, listed.key);
  const { width, height, format, compression } = await sharp(body).metadata();
  const found = {
    key: listed.key,
    format: format === "heif" && compression === "av1" ? "avif" : format,
    width,
    height,
    bytes: body.length,
    etag,
    sha256: createHash("sha256").update(body).digest("hex"),
  };
  const { key, format: named, width: w, height: h, bytes, sha256 } = listed;
  const expected = { key, format: named, width: w, height: h, bytes, etag: bare(listed.etag), sha256 };
  expect(found, listed.key).to.deep.equal(expected);
}

export async function keysBelow({ s3, destinationBucket }: Buckets, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: destinationBucket, Prefix: prefix },
  )) {
    keys.push(...Contents.map(({ Key = "" }) => Key));
  }
  return keys;
}

async function read(s3: S3Client, Bucket: string, Key: string) {
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return { body: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: bare(ETag) };
}

function bare(etag: string | undefined): string {
  return (etag ?? "").replaceAll('"', "");
}
