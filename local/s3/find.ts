// The version a read means: the current one, or the one named; with the permission that either needs.
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { authorize, markerHeaders, missingKey } from "./access.ts";
import { checkRead, preconditionFailed } from "./conditions.ts";
import type { S3Context } from "./context.ts";
import { bucketRow, latestVersion, NULL_VERSION, type VersionRow, versionById } from "./tables.ts";

export interface Named {
  Bucket?: string | undefined;
  Key?: string | undefined;
  VersionId?: string | undefined;
}

/** What it takes to read the current version, and one that is named. */
export type Actions = readonly [ofCurrent: string, ofNamed: string];

export function findVersion(
  context: S3Context,
  request: Request,
  { Bucket = "", Key = "", VersionId }: Named,
  [ofCurrent, ofNamed]: Actions = ["s3:GetObject", "s3:GetObjectVersion"],
): VersionRow {
  const { database } = context;
  bucketRow(database, Bucket);
  authorize(context, request, VersionId === undefined ? ofCurrent : ofNamed, Bucket, Key);
  if (VersionId === undefined) {
    const current = latestVersion(database, Bucket, Key);
    if (!current || current.is_marker)
      throw missingKey(context, request, { bucket: Bucket, key: Key, marker: current });
    return current;
  }
  checkVersionId(VersionId);
  const version = versionById(database, Bucket, Key, VersionId);
  if (!version)
    throw new ServiceError("NoSuchVersion", "The specified version does not exist.", {
      detail: { Key, VersionId },
    });
  if (!version.is_marker) return version;
  const message = "The specified method is not allowed against this resource.";
  throw new ServiceError("MethodNotAllowed", message, {
    detail: { Method: request.method, ResourceType: "DeleteMarker" },
    headers: { ...markerHeaders(version), allow: "DELETE" },
  });
}

/** Ids are opaque, but their form is not: what cannot be one is refused. */
export function checkVersionId(id: string): void {
  if (id === NULL_VERSION || /^[0-9a-f]{32}$/.test(id)) return;
  const detail = { ArgumentName: "versionId", ArgumentValue: id };
  throw new ServiceError("InvalidArgument", "Invalid version id specified", { detail });
}

interface CopyInput {
  CopySource?: string | undefined;
  CopySourceIfMatch?: string | undefined;
  CopySourceIfNoneMatch?: string | undefined;
  CopySourceIfModifiedSince?: Date | undefined;
  CopySourceIfUnmodifiedSince?: Date | undefined;
}

/** What `x-amz-copy-source: /bucket/key?versionId=…` names, if its conditions hold. */
export function copySource(context: S3Context, request: Request, input: CopyInput): VersionRow {
  const [path = "", VersionId] = (input.CopySource ?? "").split("?versionId=");
  const text = decoded(path).replace(/^\//, "");
  const slash = text.indexOf("/");
  if (slash <= 0 || slash === text.length - 1) throw invalidCopySource();
  const version = findVersion(context, request, {
    Bucket: text.slice(0, slash),
    Key: text.slice(slash + 1),
    VersionId,
  });
  try {
    const conditions = {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    };
    checkRead(version, conditions, context.now());
  } catch (error) {
    // A copy has no "not modified": every condition that fails is a 412.
    if (!(error instanceof ServiceError)) throw error;
    const whenSame = input.CopySourceIfNoneMatch === undefined ? "If-Modified-Since" : "If-None-Match";
    throw preconditionFailed(`x-amz-copy-source-${error.detail.Condition ?? whenSame}`);
  }
  return version;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidCopySource();
  }
}

/** The name stands where the value would: so S3 answers. */
function invalidCopySource(): ServiceError {
  const detail = { ArgumentName: "x-amz-copy-source", ArgumentValue: "x-amz-copy-source" };
  return new ServiceError("InvalidArgument", "Invalid copy source object key", { detail });
}
