// Bucket settings that S3 keeps and gives back: policy, encryption, lifecycle, … Each is one document per bucket, so one
// table and one loop serve them all. Only the policy, versioning and notifications have an effect here.
import type { Tag } from "@aws-sdk/client-s3";
import type { Iam } from "../iam/iam.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { bucketRow, readDocument, writeDocument } from "./tables.ts";
import { checkTags } from "./tags.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html */
const MAX_BUCKET_TAGS = 50;

interface Kind {
  put: string;
  get: string;
  delete: string;
  /** The member of PutX's input and of GetX's output that holds it. */
  member: string;
  /** Where GetX's output has the members of the document itself instead. */
  flat?: boolean;
  /** The IAM actions, which are not always called like the operations. */
  permission: string;
  deletePermission?: string;
  missing: string;
  missingMessage?: string;
}

const KINDS: Record<string, Kind> = {
  Policy: {
    ...kind("BucketPolicy", "Policy", "NoSuchBucketPolicy"),
    deletePermission: "s3:DeleteBucketPolicy",
    missingMessage: "The bucket policy does not exist",
  },
  PublicAccessBlock: {
    ...kind("PublicAccessBlock", "PublicAccessBlockConfiguration", "NoSuchPublicAccessBlockConfiguration"),
    permission: "BucketPublicAccessBlock",
  },
  OwnershipControls: kind("BucketOwnershipControls", "OwnershipControls", "OwnershipControlsNotFoundError"),
  Encryption: {
    ...kind(
      "BucketEncryption",
      "ServerSideEncryptionConfiguration",
      "ServerSideEncryptionConfigurationNotFoundError",
    ),
    permission: "EncryptionConfiguration",
  },
  Tagging: { ...kind("BucketTagging", "Tagging", "NoSuchTagSet"), flat: true },
  Lifecycle: {
    ...kind("BucketLifecycleConfiguration", "LifecycleConfiguration", "NoSuchLifecycleConfiguration"),
    delete: "DeleteBucketLifecycle",
    flat: true,
    permission: "LifecycleConfiguration",
  },
};

function kind(name: string, member: string, missing: string): Kind {
  return { put: `Put${name}`, get: `Get${name}`, delete: `Delete${name}`, member, permission: name, missing };
}

export function documentHandlers(context: S3Context): Record<string, RestHandler> {
  return Object.assign({}, ...Object.entries(KINDS).map(([name, about]) => handlersOf(context, name, about)));
}

function handlersOf(context: S3Context, name: string, about: Kind): Record<string, RestHandler> {
  const { database, iam } = context;
  const permitted = (action: string, request: Request, bucket: string) => {
    bucketRow(database, bucket);
    // A policy that locks everybody out must not lock out those who can mend it.
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
    if (name === "Policy" && request.principal?.kind === "root") return;
    authorize(context, request, action, bucket);
  };
  return {
    [about.put]: async (input: Record<string, unknown> & { Bucket: string }, request) => {
      permitted(`s3:Put${about.permission}`, request, input.Bucket);
      const document = input[about.member];
      if (name === "Policy") checkPolicy(iam, String(document));
      if (name === "Tagging") checkTags((document as { TagSet?: Tag[] })?.TagSet ?? [], MAX_BUCKET_TAGS);
      const content = typeof document === "string" ? document : JSON.stringify(document);
      await database.write(() => writeDocument(database, input.Bucket, name, content));
      return name === "Policy" ? { $status: 204 } : undefined;
    },
    [about.get]: async ({ Bucket }: { Bucket: string }, request) => {
      permitted(`s3:Get${about.permission}`, request, Bucket);
      const content = readDocument(database, Bucket, name);
      if (content === undefined)
        throw new ServiceError(about.missing, about.missingMessage ?? "The configuration does not exist", {
          status: 404,
          detail: { BucketName: Bucket },
        });
      if (name === "Policy") return { [about.member]: content };
      const document = JSON.parse(content, reviveDate);
      return about.flat ? document : { [about.member]: document };
    },
    [about.delete]: async ({ Bucket }: { Bucket: string }, request) => {
      permitted(about.deletePermission ?? `s3:Put${about.permission}`, request, Bucket);
      await database.write(() => writeDocument(database, Bucket, name, undefined));
      return { $status: 204 };
    },
  };
}

/** What IAM calls a malformed document, S3 calls a malformed policy. */
function checkPolicy(iam: Iam, policy: string): void {
  try {
    iam.checkPolicy(policy);
  } catch (error) {
    if (error instanceof ServiceError) throw new ServiceError("MalformedPolicy", error.message);
    throw error;
  }
}

/** Lifecycle rules have the only times in these documents. */
function reviveDate(name: string, value: unknown): unknown {
  return name === "Date" && typeof value === "string" ? new Date(value) : value;
}
