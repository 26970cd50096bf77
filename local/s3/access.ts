// Which permission an operation needs, and on what. S3 answers 403 instead of 404 for a missing key to whoever may not
// list the bucket: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html ("Permissions").
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { S3Context } from "./context.ts";
import { readDocument, type VersionRow } from "./tables.ts";

/** Throws AccessDenied. About a bucket, or a bucket and key. */
export function authorize(
  context: S3Context,
  request: Request,
  action: string,
  bucket: string,
  key?: string,
): void {
  const { principal } = request;
  if (!principal) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  const resource = `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  const resourcePolicy = readDocument(context.database, bucket, "Policy");
  const conditions = {
    "aws:SecureTransport": "true",
    ...(action === "s3:ListBucket" ? listConditions(request) : {}),
  };
  context.iam.authorize({
    principal,
    action: `s3:${action.replace(/^s3:/, "")}`,
    resource,
    context: conditions,
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
  });
}

/** What a request says of who owns its buckets, lest it reach somebody else's: here all are of one account. */
export function checkOwners({ accountId }: S3Context, { headers }: Request): void {
  for (const header of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const expected = headers[header] ?? accountId;
    if (!/^\d{12}$/.test(expected)) {
      const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${expected}]`;
      throw new ServiceError("InvalidBucketOwnerAWSAccountID", message, { status: 400 });
    }
    if (expected !== accountId) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
  }
}

/** Says 404 to those who may list, 403 to the others. */
export function missingKey(
  context: S3Context,
  request: Request,
  { bucket, key, marker }: { bucket: string; key: string; marker: VersionRow | undefined },
): ServiceError {
  // As if just this key were listed.
  authorize(context, { ...request, query: new URLSearchParams({ prefix: key }) }, "s3:ListBucket", bucket);
  const headers = marker ? markerHeaders(marker) : {};
  return new ServiceError("NoSuchKey", "The specified key does not exist.", {
    detail: { Key: key },
    headers,
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html */
export function markerHeaders({ version_id, modified }: VersionRow): Record<string, string> {
  return {
    "x-amz-delete-marker": "true",
    "x-amz-version-id": version_id,
    "last-modified": new Date(modified).toUTCString(),
  };
}

function listConditions({ query }: Request): Record<string, string> {
  const asked = ["prefix", "delimiter", "max-keys"].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[`s3:${name}`, value] as const];
  });
  return Object.fromEntries(asked);
}
