// The rows of multipart uploads.
import { ServiceError } from "../protocol/model.ts";
import type { Blob } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import type { Checksum } from "./tables.ts";

export interface UploadRow {
  id: string;
  bucket: string;
  key: string;
  started: number;
  metadata: string;
  algorithm: string | null;
  checksum_type: Checksum["type"] | null;
}

export interface PartRow {
  upload: string;
  number: number;
  etag: string;
  bytes: number;
  file: string;
  /** Base64. */
  checksum: string;
  modified: number;
}

interface Named {
  Bucket?: string | undefined;
  Key?: string | undefined;
  UploadId?: string | undefined;
}

export function uploadRow(database: Database, { Bucket = "", Key = "", UploadId = "" }: Named): UploadRow {
  const row = database
    .sql("SELECT * FROM upload WHERE id = ? AND bucket = ? AND key = ?")
    .get(UploadId, Bucket, Key);
  if (row) return row as unknown as UploadRow;
  const message =
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  throw new ServiceError("NoSuchUpload", message, { detail: { UploadId } });
}

/** Uploads of a key that was written or deleted since they began: they can no longer complete on a condition. */
export function noteConflicts(database: Database, bucket: string, key: string): void {
  database
    .sql("INSERT OR IGNORE INTO upload_conflict SELECT id FROM upload WHERE bucket = ? AND key = ?")
    .run(bucket, key);
}

export function hasConflict(database: Database, { id }: UploadRow): boolean {
  return database.sql("SELECT 1 FROM upload_conflict WHERE upload = ?").get(id) !== undefined;
}

/** In the order of their numbers. */
export function partsOf(database: Database, { id }: UploadRow): PartRow[] {
  return database.sql("SELECT * FROM part WHERE upload = ? ORDER BY number").all(id) as unknown as PartRow[];
}

/** Ends the upload, inside a write; returns the blobs of its parts, to discard after the commit. */
export function dropUpload(database: Database, upload: UploadRow): Blob[] {
  const parts = partsOf(database, upload);
  database.sql("DELETE FROM upload WHERE id = ?").run(upload.id);
  return parts.map(({ file, bytes }) => ({ file, bytes }));
}
