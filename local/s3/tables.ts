// The rows behind S3. Every object is a version; one of a key's versions is current, and it may be a delete marker:
//
//   put, versioning off ── replaces the "null" version          put, versioning on ── a new current version
//   delete, versioning off ── removes the "null" version        delete, versioning on ── a delete marker becomes current
import type { Tag } from "@aws-sdk/client-s3";
import { ServiceError } from "../protocol/model.ts";
import type { Blob } from "../storage/blobs.ts";
import { addColumn, type Database } from "../storage/database.ts";

export interface BucketRow {
  name: string;
  created: number;
  versioning: "Enabled" | "Suspended" | null;
  /** The cloud's own, when null. */
  region: string | null;
}

export interface VersionRow {
  sequence: number;
  bucket: string;
  key: string;
  version_id: string;
  is_current: 0 | 1;
  is_marker: 0 | 1;
  bytes: number;
  etag: string;
  modified: number;
  /** JSON of Blob[]. */
  blobs: string;
  /** JSON of ObjectMetadata. */
  metadata: string;
}

export interface Checksum {
  algorithm: string;
  value: string;
  type: "FULL_OBJECT" | "COMPOSITE";
}

export interface ObjectMetadata {
  /** By the SDK's member names: ContentType, CacheControl, … */
  headers: Record<string, string>;
  user: Record<string, string>;
  checksum?: Checksum | undefined;
  tags?: Tag[] | undefined;
  /** Sizes of the parts of a multipart upload. */
  partBytes?: number[] | undefined;
  /** Base64, of the same parts, when the upload asked for checksums. */
  partChecksums?: string[] | undefined;
}

/** The id of the version that an unversioned object has. */
export const NULL_VERSION = "null";

export function createTables(database: Database): void {
  for (const statement of SCHEMA.split(";")) if (statement.trim()) database.sql(statement).run();
  addColumn(database, "bucket", "region TEXT");
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, created INTEGER NOT NULL, versioning TEXT, region TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS bucket_document (
    bucket TEXT NOT NULL REFERENCES bucket(name) ON DELETE CASCADE, kind TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (bucket, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS object_version (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL REFERENCES bucket(name), key TEXT NOT NULL,
    version_id TEXT NOT NULL, is_current INTEGER NOT NULL, is_marker INTEGER NOT NULL, bytes INTEGER NOT NULL,
    etag TEXT NOT NULL, modified INTEGER NOT NULL, blobs TEXT NOT NULL, metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS current_version ON object_version (bucket, key) WHERE is_current = 1;
  CREATE UNIQUE INDEX IF NOT EXISTS version_of_key ON object_version (bucket, key, version_id);
  CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, started INTEGER NOT NULL, metadata TEXT NOT NULL,
    algorithm TEXT, checksum_type TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS upload_of_key ON upload (bucket, key);
  CREATE TABLE IF NOT EXISTS upload_conflict (
    upload TEXT PRIMARY KEY REFERENCES upload(id) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS completed_upload (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL REFERENCES bucket(name) ON DELETE CASCADE, key TEXT NOT NULL,
    parts TEXT NOT NULL, answer TEXT NOT NULL, completed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS completed_uploads ON completed_upload (bucket, completed);
  CREATE TABLE IF NOT EXISTS part (
    upload TEXT NOT NULL REFERENCES upload(id) ON DELETE CASCADE, number INTEGER NOT NULL, etag TEXT NOT NULL,
    bytes INTEGER NOT NULL, file TEXT NOT NULL, checksum TEXT, modified INTEGER NOT NULL, PRIMARY KEY (upload, number)
  ) STRICT`;

export function bucketRow(database: Database, name: string): BucketRow {
  const row = database.sql("SELECT * FROM bucket WHERE name = ?").get(name) as unknown as
    | BucketRow
    | undefined;
  if (row) return row;
  throw new ServiceError("NoSuchBucket", "The specified bucket does not exist", {
    detail: { BucketName: name },
  });
}

/** A setting of a bucket, kept as text: `Policy`, `Notification`, … */
export function readDocument(database: Database, bucket: string, name: string): string | undefined {
  const row = database
    .sql("SELECT content FROM bucket_document WHERE bucket = ? AND kind = ?")
    .get(bucket, name);
  return row === undefined ? undefined : String(row.content);
}

export function writeDocument(
  database: Database,
  bucket: string,
  name: string,
  content: string | undefined,
): void {
  if (content === undefined)
    database.sql("DELETE FROM bucket_document WHERE bucket = ? AND kind = ?").run(bucket, name);
  else database.sql("INSERT OR REPLACE INTO bucket_document VALUES (?,?,?)").run(bucket, name, content);
}

/** The current version, unless it is a delete marker. */
export function currentVersion(database: Database, bucket: string, key: string): VersionRow | undefined {
  const version = latestVersion(database, bucket, key);
  return version?.is_marker ? undefined : version;
}

/** The current version, which may be a delete marker. */
export function latestVersion(database: Database, bucket: string, key: string): VersionRow | undefined {
  const row = database
    .sql("SELECT * FROM object_version WHERE bucket = ? AND key = ? AND is_current = 1")
    .get(bucket, key);
  return row as unknown as VersionRow | undefined;
}

export function versionById(
  database: Database,
  bucket: string,
  key: string,
  id: string,
): VersionRow | undefined {
  const row = database
    .sql("SELECT * FROM object_version WHERE bucket = ? AND key = ? AND version_id = ?")
    .get(bucket, key, id);
  return row as unknown as VersionRow | undefined;
}

/** S3 shows times in whole seconds, in XML as in headers. */
export function shownTime(milliseconds: number): Date {
  return new Date(Math.floor(milliseconds / 1000) * 1000);
}

export function blobsOf(version: Pick<VersionRow, "blobs">): Blob[] {
  return JSON.parse(version.blobs) as Blob[];
}

export function metadataOf(version: Pick<VersionRow, "metadata">): ObjectMetadata {
  return JSON.parse(version.metadata) as ObjectMetadata;
}

/** The files that some row names: the others are what a crash left behind. */
export function namedFiles(database: Database): Set<string> {
  const files = new Set<string>();
  for (const row of database.sql("SELECT blobs FROM object_version").iterate()) {
    for (const { file } of blobsOf(row as unknown as VersionRow)) files.add(file);
  }
  for (const row of database.sql("SELECT file FROM part").iterate()) files.add(String(row.file));
  return files;
}
