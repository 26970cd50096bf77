// Listings: objects (both versions of the call) and versions.
import type {
  ListObjectsCommandInput,
  ListObjectsV2CommandInput,
  ListObjectVersionsCommandInput,
} from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { type Page, readPage } from "./pages.ts";
import { bucketRow, metadataOf, type VersionRow } from "./tables.ts";

const MAX_PAGE = 1000;
const OWNER = { ID: "local" };

export function listingHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    ListObjectsV2: async (input: ListObjectsV2CommandInput, request) => {
      const { ContinuationToken, StartAfter = "" } = input;
      const after = ContinuationToken === undefined ? StartAfter : fromToken(ContinuationToken);
      const { page, show, common } = list(context, request, input, after);
      return {
        ...common,
        ContinuationToken,
        StartAfter: StartAfter === "" ? undefined : show(StartAfter),
        KeyCount: page.versions.length + page.commonPrefixes.length,
        NextContinuationToken: page.next === undefined ? undefined : toToken(page.next),
        Contents: page.versions.map((version) => entry(version, show)),
      };
    },
    ListObjects: async (input: ListObjectsCommandInput, request) => {
      const { Marker = "", Delimiter } = input;
      const { page, show, common } = list(context, request, input, Marker);
      return {
        ...common,
        Marker: show(Marker),
        NextMarker: page.next !== undefined && Delimiter ? show(page.next) : undefined,
        Contents: page.versions.map((version) => ({ ...entry(version, show), Owner: OWNER })),
      };
    },
    ListObjectVersions: (input: ListObjectVersionsCommandInput, request) =>
      listVersions(context, input, request),
  };
}

interface ListInput {
  Bucket?: string | undefined;
  Prefix?: string | undefined;
  Delimiter?: string | undefined;
  MaxKeys?: number | undefined;
  EncodingType?: string | undefined;
}

function list(context: S3Context, request: Request, input: ListInput, after: string) {
  const { Bucket = "", Prefix = "", Delimiter, MaxKeys = MAX_PAGE, EncodingType } = input;
  bucketRow(context.database, Bucket);
  authorize(context, request, "s3:ListBucket", Bucket);
  const maximum = pageSize(MaxKeys);
  const page: Page = readPage(context.database, {
    bucket: Bucket,
    prefix: Prefix,
    delimiter: Delimiter ?? "",
    after,
    maximum,
  });
  const show = EncodingType === "url" ? urlEncode : (text: string) => text;
  const common = {
    Name: Bucket,
    Prefix: show(Prefix),
    Delimiter: Delimiter && show(Delimiter),
    EncodingType,
    MaxKeys,
    IsTruncated: page.next !== undefined,
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: show(prefix) })),
  };
  return { page, show, common };
}

function pageSize(asked: number): number {
  if (asked >= 0 && asked <= 2_147_483_647) return Math.min(asked, MAX_PAGE);
  throw new ServiceError("InvalidArgument", "Argument max-keys must be an integer between 0 and 2147483647");
}

async function listVersions(
  context: S3Context,
  input: ListObjectVersionsCommandInput,
  request: Request,
): Promise<object> {
  const {
    Bucket = "",
    Prefix = "",
    MaxKeys = MAX_PAGE,
    KeyMarker = "",
    VersionIdMarker = "",
    EncodingType,
    Delimiter,
  } = input;
  bucketRow(context.database, Bucket);
  authorize(context, request, "s3:ListBucketVersions", Bucket);
  if (Delimiter)
    throw new ServiceError("NotImplemented", "ListObjectVersions with a delimiter is not served here.");
  const maximum = pageSize(MaxKeys);
  const rows = context.database
    .sql(
      `SELECT * FROM object_version WHERE bucket = ? AND substr(key, 1, length(?)) = ?
       AND (key > ? OR (key = ? AND sequence < coalesce((SELECT sequence FROM object_version WHERE bucket = ? AND key = ? AND version_id = ?), 0)))
       ORDER BY key, sequence DESC LIMIT ?`,
    )
    .all(
      Bucket,
      Prefix,
      Prefix,
      KeyMarker,
      KeyMarker,
      Bucket,
      KeyMarker,
      VersionIdMarker,
      maximum + 1,
    ) as unknown as VersionRow[];
  const page = rows.slice(0, maximum);
  const show = EncodingType === "url" ? urlEncode : (text: string) => text;
  const last = rows.length > maximum ? page.at(-1) : undefined;
  const described = (version: VersionRow) => ({
    ...entry(version, show),
    VersionId: version.version_id,
    IsLatest: version.is_current === 1,
    Owner: OWNER,
  });
  return {
    Name: Bucket,
    Prefix: show(Prefix),
    KeyMarker: show(KeyMarker),
    VersionIdMarker,
    MaxKeys,
    EncodingType,
    IsTruncated: last !== undefined,
    NextKeyMarker: last && show(last.key),
    NextVersionIdMarker: last?.version_id,
    Versions: page.filter(({ is_marker }) => !is_marker).map(described),
    DeleteMarkers: page.filter(({ is_marker }) => is_marker).map(described),
  };
}

function entry(version: VersionRow, show: (text: string) => string) {
  const { checksum } = metadataOf(version);
  return {
    Key: show(version.key),
    LastModified: new Date(version.modified),
    ETag: `"${version.etag}"`,
    Size: version.bytes,
    StorageClass: "STANDARD",
    ...(checksum && { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
  };
}

/** `encoding-type=url`: so that keys with control characters survive XML. */
function urlEncode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/");
}

function toToken(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function fromToken(token: string): string {
  return Buffer.from(token, "base64url").toString();
}
