// ListObjectVersions: every version and delete marker, newest first within a key.
import type { ListObjectVersionsCommandInput } from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { checkVersionId } from "./find.ts";
import { describeEntry, encoding, OWNER, pageSize } from "./listing.ts";
import { readVersions } from "./pages.ts";
import { bucketRow, type VersionRow } from "./tables.ts";

export function versionListingHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    ListObjectVersions: async (input: ListObjectVersionsCommandInput, request) =>
      listVersions(context, input, request),
  };
}

function listVersions(context: S3Context, input: ListObjectVersionsCommandInput, request: Request): object {
  const { Bucket = "", Prefix = "", Delimiter, KeyMarker = "", VersionIdMarker = "", EncodingType } = input;
  bucketRow(context.database, Bucket);
  authorize(context, request, "s3:ListBucketVersions", Bucket);
  if (VersionIdMarker !== "" && KeyMarker === "") {
    const message = "A version-id marker cannot be specified without a key marker.";
    const detail = { ArgumentName: "version-id-marker", ArgumentValue: VersionIdMarker };
    throw new ServiceError("InvalidArgument", message, { detail });
  }
  if (VersionIdMarker !== "") checkVersionId(VersionIdMarker);
  const MaxKeys = pageSize("max-keys", input.MaxKeys);
  const show = encoding(EncodingType);
  const { entries, commonPrefixes, next } = readVersions(context.database, {
    bucket: Bucket,
    prefix: Prefix,
    delimiter: Delimiter ?? "",
    after: KeyMarker,
    afterVersion: VersionIdMarker,
    maximum: MaxKeys,
  });
  const describe = ({ version_id, is_current }: VersionRow) => ({
    VersionId: version_id,
    IsLatest: is_current === 1,
    Owner: OWNER,
  });
  return {
    Name: Bucket,
    Prefix: show(Prefix),
    Delimiter: Delimiter ? show(Delimiter) : undefined,
    KeyMarker: show(KeyMarker),
    VersionIdMarker,
    MaxKeys,
    EncodingType,
    IsTruncated: next !== undefined,
    NextKeyMarker: next && show(next.key),
    NextVersionIdMarker: next?.versionId,
    CommonPrefixes: commonPrefixes.map((prefix) => ({ Prefix: show(prefix) })),
    Versions: entries
      .filter(({ is_marker }) => !is_marker)
      .map((version) => ({ ...describeEntry(version, show), ...describe(version) })),
    DeleteMarkers: entries
      .filter(({ is_marker }) => is_marker)
      .map((version) => {
        const { Key, LastModified } = describeEntry(version, show);
        return { Key, LastModified, ...describe(version) };
      }),
  };
}
