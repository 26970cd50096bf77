// One object at a time: put, get, head, copy, delete.
import type {
  CopyObjectCommandInput,
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  GetObjectCommandInput,
  HeadObjectCommandInput,
  PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { malformedXml } from "../protocol/xml.ts";
import { authorize } from "./access.ts";
import { commitDeletion, commitVersion } from "./commit.ts";
import { checkRead } from "./conditions.ts";
import type { S3Context } from "./context.ts";
import { checkVersionId, copySource, findVersion } from "./find.ts";
import { checksumFields, checksumOf, metadataFrom } from "./metadata.ts";
import { describeVersion } from "./read.ts";
import { receive } from "./receive.ts";
import { blobsOf, bucketRow, metadataOf, NULL_VERSION, shownTime, type VersionRow } from "./tables.ts";
import { tagsFrom } from "./tags.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;
/** What DeleteObjects takes at once. */
const MAX_DELETED = 1000;

export function objectHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    PutObject: (input: PutObjectCommandInput, request) => put(context, input, request),
    GetObject: (input: GetObjectCommandInput, request) => get(context, input, request),
    HeadObject: async (input: HeadObjectCommandInput, request) => {
      const version = findVersion(context, request, input);
      checkRead(version, input, context.now());
      return describeVersion(version, input, isVersioned(context, version)).output;
    },
    CopyObject: (input: CopyObjectCommandInput, request) => copy(context, input, request),
    DeleteObject: async (input: DeleteObjectCommandInput, request) => {
      const { Bucket: bucket = "", Key: key = "", VersionId: versionId, IfMatch: ifMatch } = input;
      authorize(
        context,
        request,
        versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
        bucket,
        key,
      );
      if (versionId !== undefined) checkVersionId(versionId);
      if (ifMatch !== undefined) authorize(context, request, "s3:GetObject", bucket, key);
      const deleted = await commitDeletion(context, { bucket, key, versionId, ifMatch, request });
      return { VersionId: deleted.versionId, DeleteMarker: deleted.isMarker || undefined };
    },
    DeleteObjects: (input: DeleteObjectsCommandInput, request) => deleteMany(context, input, request),
  };
}

async function put(context: S3Context, input: PutObjectCommandInput, request: Request): Promise<object> {
  const { Bucket: bucket = "", Key: key = "" } = input;
  checkKey(key);
  bucketRow(context.database, bucket);
  authorize(context, request, "s3:PutObject", bucket, key);
  if (input.Tagging) authorize(context, request, "s3:PutObjectTagging", bucket, key);
  const received = await receive(context, request);
  const checksum = checksumOf(received);
  const blobs = [received.blob];
  const commit = commitVersion(context, {
    bucket,
    key,
    blobs,
    etag: received.etag,
    metadata: metadataFrom(input, checksum),
    conditions: input,
    eventName: "ObjectCreated:Put",
    request,
  });
  const { versionId } = await context.blobs.keepIf(commit, blobs);
  return { ETag: `"${received.etag}"`, VersionId: versionId, ...checksumFields(checksum) };
}

async function get(context: S3Context, input: GetObjectCommandInput, request: Request): Promise<object> {
  const version = findVersion(context, request, input);
  checkRead(version, input, context.now());
  const { output, start, end } = describeVersion(version, input, isVersioned(context, version));
  const blobs = blobsOf(version);
  return {
    ...output,
    Body: context.blobs.readSmall(blobs, start, end) ?? context.blobs.read(blobs, start, end),
  };
}

function isVersioned({ database }: S3Context, { bucket }: VersionRow): boolean {
  return bucketRow(database, bucket).versioning !== null;
}

async function copy(context: S3Context, input: CopyObjectCommandInput, request: Request): Promise<object> {
  const { Bucket: bucket = "", Key: key = "", MetadataDirective, TaggingDirective } = input;
  checkKey(key);
  const { versioning } = bucketRow(context.database, bucket);
  authorize(context, request, "s3:PutObject", bucket, key);
  if (TaggingDirective === "REPLACE" && input.Tagging)
    authorize(context, request, "s3:PutObjectTagging", bucket, key);
  const source = copySource(context, request, input);
  const replaces = MetadataDirective === "REPLACE";
  // An older version may be copied onto its own key: that is how it is restored. To name a storage class is a change, too.
  const changes = replaces || input.StorageClass !== undefined;
  if (source.bucket === bucket && source.key === key && source.is_current && !changes) {
    const message =
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";
    throw new ServiceError("InvalidRequest", message);
  }
  const old = metadataOf(source);
  const metadata = replaces ? { ...old, ...metadataFrom(input, old.checksum) } : old;
  const tags = TaggingDirective === "REPLACE" ? tagsFrom(input.Tagging) : old.tags;
  const { blobs, etag, checksum } = await duplicate(context, source, input.ChecksumAlgorithm);
  const commit = commitVersion(context, {
    bucket,
    key,
    blobs,
    etag,
    metadata: { ...metadata, tags, checksum, partBytes: undefined, partChecksums: undefined },
    conditions: input,
    eventName: "ObjectCreated:Copy",
    request,
  });
  const { versionId } = await context.blobs.keepIf(commit, blobs);
  const CopyObjectResult = {
    ETag: `"${etag}"`,
    LastModified: shownTime(context.now()),
    ...checksumFields(checksum),
  };
  const CopySourceVersionId = source.version_id === NULL_VERSION ? undefined : source.version_id;
  // Unlike uploads, copies tell the version null of a bucket whose versioning is suspended.
  const shownId = versioning === null ? undefined : (versionId ?? NULL_VERSION);
  return { CopyObjectResult, VersionId: shownId, CopySourceVersionId };
}

/** A second name for the same bytes; read through where the copy has another etag or checksum than its source. */
async function duplicate(
  { blobs, ...context }: S3Context,
  source: VersionRow,
  algorithm: string | undefined,
) {
  const { checksum, partBytes } = metadataOf(source);
  const parts = blobsOf(source);
  if (partBytes === undefined && (algorithm ?? checksum?.algorithm) === checksum?.algorithm)
    return { blobs: await Promise.all(parts.map(blobs.copy)), etag: source.etag, checksum };
  const body = blobs.read(parts, 0, source.bytes - 1);
  const received = await receive(
    { blobs, ...context },
    { headers: {}, body },
    algorithm ?? checksum?.algorithm,
  );
  return { blobs: [received.blob], etag: received.etag, checksum: checksumOf(received) };
}

async function deleteMany(
  context: S3Context,
  input: DeleteObjectsCommandInput,
  request: Request,
): Promise<object> {
  const { Bucket: bucket = "", Delete: { Objects = [], Quiet = false } = {} } = input;
  bucketRow(context.database, bucket);
  if (Objects.length === 0 || Objects.length > MAX_DELETED) throw malformedXml();
  const results = await Promise.all(
    Objects.map(async ({ Key = "", VersionId, ETag }) => {
      try {
        authorize(
          context,
          request,
          VersionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
          bucket,
          Key,
        );
        const deleted = await commitDeletion(context, {
          bucket,
          key: Key,
          versionId: VersionId,
          ifMatch: ETag,
          request,
        });
        const marker = deleted.isMarker
          ? { DeleteMarker: true, DeleteMarkerVersionId: deleted.versionId }
          : {};
        return { Deleted: { Key, VersionId, ...marker } };
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        return { Error: { Key, VersionId, Code: error.name, Message: error.message } };
      }
    }),
  );
  const Errors = results.flatMap((result) => ("Error" in result ? [result.Error] : []));
  const Deleted = results.flatMap((result) => ("Deleted" in result ? [result.Deleted] : []));
  return { ...(Quiet ? {} : { Deleted }), ...(Errors.length > 0 && { Errors }) };
}

export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes <= MAX_KEY_BYTES) return;
  const detail = { Size: String(bytes), MaxSizeAllowed: String(MAX_KEY_BYTES) };
  throw new ServiceError("KeyTooLongError", "Your key is too long", { detail });
}
