// Fills the buckets of a local cloud that is up with so many objects that putting them would take an hour: straight into its
// tables. The sources have no bytes; the sets are as the worker writes them, as far as anybody reads them.
import { createHash, randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { aManifest, aRendition } from "../support/a-report.ts";

export interface Seeding {
  dataDirectory: string;
  sourceBucket: string;
  destinationBucket: string;
}

const FOLDERS = 40;

/** Spread over folders, as people's are. */
export function bulkKey(index: number): string {
  return `photos/${String(index % FOLDERS).padStart(2, "0")}/${String(index).padStart(8, "0")}.jpg`;
}

export function seedSources(seeding: Seeding, count: number): void {
  write(seeding, (put) => {
    for (let index = 0; index < count; index += 1) {
      const key = bulkKey(index);
      put(seeding.sourceBucket, key, { etag: md5(key), bytes: 0, blobs: [] });
    }
  });
}

/** Sets of one rendition for those that `has` lets through. */
export function seedSets(seeding: Seeding, count: number, has: (index: number) => boolean): void {
  const { dataDirectory, destinationBucket } = seeding;
  write(seeding, (put) => {
    for (let index = 0; index < count; index += 1) {
      if (!has(index)) continue;
      const key = bulkKey(index);
      const rendition = aRendition({ key: `${key}/large.webp` });
      rendition.etag = md5(rendition.key);
      const manifest = Buffer.from(
        JSON.stringify(aManifest({ source: { key, etag: md5(key) }, renditions: [rendition] })),
      );
      const file = randomUUID();
      writeFileSync(join(dataDirectory, "blobs", file.slice(0, 2), file), manifest);
      put(destinationBucket, rendition.key, { etag: rendition.etag, bytes: 0, blobs: [] });
      const blobs = [{ file, bytes: manifest.length }];
      put(destinationBucket, `${key}/manifest.json`, { etag: md5(manifest), bytes: manifest.length, blobs });
    }
  });
}

type Put = (bucket: string, key: string, object: { etag: string; bytes: number; blobs: unknown[] }) => void;

function write({ dataDirectory }: Seeding, work: (put: Put) => void): void {
  const database = new DatabaseSync(join(dataDirectory, "state.db"));
  const insert = database.prepare(
    `INSERT INTO object_version (bucket, key, version_id, is_current, is_marker, bytes, etag, modified, blobs, metadata)
     VALUES (?, ?, 'null', 1, 0, ?, ?, ?, ?, '{"headers":{},"user":{}}')`,
  );
  const modified = Date.now();
  database.exec("PRAGMA busy_timeout = 10000; BEGIN IMMEDIATE");
  work((bucket, key, { etag, bytes, blobs }) => {
    insert.run(bucket, key, bytes, etag, modified, JSON.stringify(blobs));
  });
  database.exec("COMMIT");
  database.close();
}

function md5(content: string | Buffer): string {
  return createHash("md5").update(content).digest("hex");
}
