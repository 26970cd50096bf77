// The two ways an object changes, each in one transaction with the messages that announce it: a new current version, or
// a deletion. Blobs that no version needs any more are deleted after the commit, never before.
import { randomBytes } from "node:crypto";
import type { Request } from "../protocol/http.ts";
import type { Blob } from "../storage/blobs.ts";
import { checkWrite, checkWriteConditions } from "./conditions.ts";
import type { S3Context } from "./context.ts";
import type { ObjectEventName } from "./event.ts";
import { announce } from "./notification.ts";
import { nextSequencer } from "./sequencer.ts";
import {
  blobsOf,
  bucketRow,
  currentVersion,
  NULL_VERSION,
  type ObjectMetadata,
  type VersionRow,
  versionById,
} from "./tables.ts";
import { noteConflicts } from "./uploads.ts";

/** What S3 calls the etag of a delete marker, in its events. */
const EMPTY_MD5 = "d41d8cd98f00b204e9800998ecf8427e";

export interface NewVersion {
  bucket: string;
  key: string;
  blobs: readonly Blob[];
  etag: string;
  metadata: ObjectMetadata;
  conditions: { IfMatch?: string | undefined; IfNoneMatch?: string | undefined };
  eventName: ObjectEventName;
  request: Request;
  /** More to check and write in the same transaction, with the id to show; returns blobs that are not needed any more. */
  also?(versionId: string | undefined): readonly Blob[];
}

/** Resolves to the version's id once it is durable; undefined when the bucket keeps no versions. */
export async function commitVersion(
  context: S3Context,
  version: NewVersion,
): Promise<{ versionId: string | undefined }> {
  checkWriteConditions(version.conditions);
  const effects = await context.database.write(() => {
    const { bucket, key, blobs, etag, metadata, request } = version;
    const { versioning } = bucketRow(context.database, bucket);
    checkWrite(currentVersion(context.database, bucket, key), key, version.conditions);
    const versionId = versioning === "Enabled" ? newVersionId(context) : NULL_VERSION;
    // The "null" version of a bucket whose versioning is suspended has none to show either.
    const shownId = versioning === "Enabled" ? versionId : undefined;
    const dropped = version.also?.(shownId) ?? [];
    noteConflicts(context.database, bucket, key);
    const unneeded = [...makeRoom(context, bucket, key, versionId), ...dropped];
    const bytes = blobs.reduce((sum, blob) => sum + blob.bytes, 0);
    insert(context, { bucket, key, versionId, isMarker: false, bytes, etag, blobs, metadata });
    const event = { name: version.eventName, key, bytes, etag, versionId: shownId };
    const wake = announce(context, request, bucket, event);
    return { unneeded, wake, versionId: shownId };
  });
  context.blobs.discard(effects.unneeded);
  effects.wake();
  return { versionId: effects.versionId };
}

export interface Deleted {
  versionId: string | undefined;
  isMarker: boolean;
}

interface Deletion {
  bucket: string;
  key: string;
  versionId?: string | undefined;
  ifMatch?: string | undefined;
  request: Request;
}

/** Without a version id: what a reader means by "delete". With one: that version, for good. */
export async function commitDeletion(
  context: S3Context,
  { bucket, key, versionId, ifMatch, request }: Deletion,
): Promise<Deleted> {
  const { database, blobs } = context;
  const effects = await database.write(() => {
    const { versioning } = bucketRow(database, bucket);
    const current = currentVersion(database, bucket, key);
    if (ifMatch !== undefined && current) checkWrite(current, key, { IfMatch: ifMatch });
    noteConflicts(database, bucket, key);
    if (versionId !== undefined) return deleteVersion(context, request, bucket, key, versionId);
    if (versioning === null) {
      const unneeded = makeRoom(context, bucket, key, NULL_VERSION);
      const wake = announce(context, request, bucket, { name: "ObjectRemoved:Delete", key });
      return { unneeded, wake, versionId: undefined, isMarker: false };
    }
    const markerId = versioning === "Enabled" ? newVersionId(context) : NULL_VERSION;
    const unneeded = makeRoom(context, bucket, key, markerId);
    insert(context, {
      bucket,
      key,
      versionId: markerId,
      isMarker: true,
      bytes: 0,
      etag: "",
      blobs: [],
      metadata: { headers: {}, user: {} },
    });
    const wake = announce(context, request, bucket, {
      name: "ObjectRemoved:DeleteMarkerCreated",
      key,
      etag: EMPTY_MD5,
      versionId: markerId,
    });
    return { unneeded, wake, versionId: markerId, isMarker: true };
  });
  blobs.discard(effects.unneeded);
  effects.wake();
  return { versionId: effects.versionId, isMarker: effects.isMarker };
}

function deleteVersion(context: S3Context, request: Request, bucket: string, key: string, versionId: string) {
  const { database } = context;
  const version = versionById(database, bucket, key, versionId);
  if (!version) return { unneeded: [], wake: () => {}, versionId, isMarker: false };
  database.sql("DELETE FROM object_version WHERE sequence = ?").run(version.sequence);
  if (version.is_current) {
    database
      .sql(
        "UPDATE object_version SET is_current = 1 WHERE sequence = (SELECT max(sequence) FROM object_version WHERE bucket = ? AND key = ?)",
      )
      .run(bucket, key);
  }
  const wake = announce(context, request, bucket, { name: "ObjectRemoved:Delete", key, versionId });
  return { unneeded: blobsOf(version), wake, versionId, isMarker: version.is_marker === 1 };
}

/** No version is current any more, and one with this id is gone; returns the blobs that went with it. */
function makeRoom({ database }: S3Context, bucket: string, key: string, versionId: string): Blob[] {
  const replaced = versionById(database, bucket, key, versionId);
  if (replaced) database.sql("DELETE FROM object_version WHERE sequence = ?").run(replaced.sequence);
  database
    .sql("UPDATE object_version SET is_current = 0 WHERE bucket = ? AND key = ? AND is_current = 1")
    .run(bucket, key);
  return replaced ? blobsOf(replaced) : [];
}

interface Insertion extends Pick<VersionRow, "bucket" | "key" | "bytes" | "etag"> {
  versionId: string;
  isMarker: boolean;
  blobs: readonly Blob[];
  metadata: ObjectMetadata;
}

function insert({ database, now }: S3Context, version: Insertion): void {
  const { bucket, key, versionId, isMarker, bytes, etag, blobs, metadata } = version;
  database
    .sql(
      `INSERT INTO object_version (bucket, key, version_id, is_current, is_marker, bytes, etag, modified, blobs, metadata)
       VALUES (?,?,?,1,?,?,?,?,?,?)`,
    )
    .run(
      bucket,
      key,
      versionId,
      isMarker ? 1 : 0,
      bytes,
      etag,
      now(),
      JSON.stringify(blobs),
      JSON.stringify(metadata),
    );
}

/** Grows with time, so that a listing can go on after a version that is deleted meanwhile. */
function newVersionId({ now }: S3Context): string {
  return nextSequencer(now()).toLowerCase() + randomBytes(7).toString("hex");
}
