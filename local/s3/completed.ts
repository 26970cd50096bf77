// What a completed multipart upload answered: a client that lost the answer asks again, and is told the same, as in AWS. The
// documentation only says that a completed upload is no more; that asking again succeeds is what clients rely on.
import { createHash } from "node:crypto";
import type { CompleteMultipartUploadCommandInput } from "@aws-sdk/client-s3";
import type { Database } from "../storage/database.ts";

/** Longer than any client goes on asking. */
const KEPT_MS = 24 * 60 * 60 * 1000;

/** Undefined when there was no such upload, or when it was completed with other parts. */
export function completedAnswer(
  database: Database,
  input: CompleteMultipartUploadCommandInput,
): object | undefined {
  const { Bucket = "", Key = "", UploadId = "" } = input;
  const row = database
    .sql("SELECT answer FROM completed_upload WHERE id = ? AND bucket = ? AND key = ? AND parts = ?")
    .get(UploadId, Bucket, Key, digestOf(input));
  return row && (JSON.parse(String(row.answer)) as object);
}

/** Inside the write that makes the object. */
export function noteCompleted(
  database: Database,
  input: CompleteMultipartUploadCommandInput,
  answer: object,
  now: number,
): void {
  const { Bucket = "", Key = "", UploadId = "" } = input;
  database.sql("DELETE FROM completed_upload WHERE bucket = ? AND completed < ?").run(Bucket, now - KEPT_MS);
  database
    .sql("INSERT INTO completed_upload VALUES (?,?,?,?,?,?)")
    .run(UploadId, Bucket, Key, digestOf(input), JSON.stringify(answer), now);
}

function digestOf({ MultipartUpload }: CompleteMultipartUploadCommandInput): string {
  const parts = (MultipartUpload?.Parts ?? []).map(({ PartNumber, ETag = "" }) => [
    PartNumber,
    ETag.replaceAll('"', ""),
  ]);
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64");
}
