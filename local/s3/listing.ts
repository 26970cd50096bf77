// Listings of objects, both versions of the call.
import type { ListObjectsCommandInput, ListObjectsV2CommandInput } from "@aws-sdk/client-s3";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { formEncode } from "../protocol/percent-encode.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { readObjects } from "./pages.ts";
import { bucketRow, metadataOf, shownTime, type VersionRow } from "./tables.ts";

const MAX_PAGE = 1000;
export const OWNER = { ID: "local" };

export function listingHandlers(context: S3Context): Record<string, RestHandler> {
  return {
    ListObjectsV2: async (input: ListObjectsV2CommandInput, request) => {
      const { ContinuationToken, StartAfter = "", FetchOwner } = input;
      const after = ContinuationToken === undefined ? StartAfter : fromToken(ContinuationToken);
      const { page, show, common } = list(context, request, input, after);
      const owner = FetchOwner ? { Owner: OWNER } : {};
      return {
        ...common,
        ContinuationToken,
        StartAfter: StartAfter === "" || ContinuationToken !== undefined ? undefined : show(StartAfter),
        KeyCount: page.entries.length + page.commonPrefixes.length,
        NextContinuationToken: page.next === undefined ? undefined : toToken(page.next),
        Contents: page.entries.map((version) => ({ ...describeEntry(version, show), ...owner })),
      };
    },
    ListObjects: async (input: ListObjectsCommandInput, request) => {
      const { Marker = "", Delimiter } = input;
      const { page, show, common } = list(context, request, input, Marker);
      return {
        ...common,
        Marker: show(Marker),
        NextMarker: page.next !== undefined && Delimiter ? show(page.next) : undefined,
        Contents: page.entries.map((version) => ({ ...describeEntry(version, show), Owner: OWNER })),
      };
    },
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
  const { Bucket = "", Prefix = "", Delimiter, EncodingType } = input;
  bucketRow(context.database, Bucket);
  authorize(context, request, "s3:ListBucket", Bucket);
  const MaxKeys = pageSize("max-keys", input.MaxKeys);
  const show = encoding(EncodingType);
  const page = readObjects(context.database, {
    bucket: Bucket,
    prefix: Prefix,
    delimiter: Delimiter ?? "",
    after,
    maximum: MaxKeys,
  });
  const common = {
    Name: Bucket,
    Prefix: show(Prefix),
    Delimiter: Delimiter ? show(Delimiter) : undefined,
    EncodingType,
    MaxKeys,
    IsTruncated: page.next !== undefined,
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: show(prefix) })),
  };
  return { page, show, common };
}

/** Never more than 1,000, whatever is asked. */
export function pageSize(parameter: string, asked = MAX_PAGE): number {
  if (asked >= 0 && asked <= 2_147_483_647) return Math.min(asked, MAX_PAGE);
  throw new ServiceError(
    "InvalidArgument",
    `Argument ${parameter} must be an integer between 0 and 2147483647`,
    { detail: { ArgumentName: parameter, ArgumentValue: String(asked) } },
  );
}

/** How keys are shown: `encoding-type=url` lets those with control characters survive XML. */
export function encoding(type: string | undefined): (text: string) => string {
  if (type === undefined) return (text) => text;
  if (type === "url") return formEncode;
  const detail = { ArgumentName: "encoding-type", ArgumentValue: type };
  throw new ServiceError("InvalidArgument", "Invalid Encoding Method specified in Request", { detail });
}

export function describeEntry(version: VersionRow, show: (text: string) => string) {
  const { checksum } = metadataOf(version);
  return {
    Key: show(version.key),
    LastModified: shownTime(version.modified),
    ETag: `"${version.etag}"`,
    Size: version.bytes,
    StorageClass: "STANDARD",
    ...(checksum && { ChecksumAlgorithm: [checksum.algorithm], ChecksumType: checksum.type }),
  };
}

export function toToken(key: string): string {
  return Buffer.from(key).toString("base64url");
}

export function fromToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString();
  if (token !== "" && toToken(key) === token) return key;
  const detail = { ArgumentName: "continuation-token", ...(token !== "" && { ArgumentValue: token }) };
  throw new ServiceError("InvalidArgument", "The continuation token provided is incorrect", { detail });
}
