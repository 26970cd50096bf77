// Buckets themselves.
import type {
  CreateBucketCommandInput,
  DeleteBucketCommandInput,
  GetBucketLocationCommandInput,
  GetBucketVersioningCommandInput,
  HeadBucketCommandInput,
  ListBucketsCommandInput,
  PutBucketVersioningCommandInput,
} from "@aws-sdk/client-s3";
import { ServiceError } from "../protocol/model.ts";
import { malformedXml, type RestHandler } from "../protocol/rest-xml.ts";
import type { Blob } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { fromToken, OWNER, toToken } from "./listing.ts";
import { type BucketRow, bucketRow, shownTime, writeDocument } from "./tables.ts";
import { dropUpload, type UploadRow } from "./uploads.ts";

const MAX_BUCKETS = 10_000;
/** What every new bucket has. Both are true of the local one: nobody is let in without credentials, and there are no ACLs. */
const DEFAULT_SETTINGS = {
  PublicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
  OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
};

export function bucketHandlers(context: S3Context): Record<string, RestHandler> {
  const { database, region } = context;
  return {
    ListBuckets: async (input: ListBucketsCommandInput, request) => {
      const { Prefix = "", MaxBuckets = MAX_BUCKETS, ContinuationToken } = input;
      authorize(context, request, "s3:ListAllMyBuckets", "*");
      const after = ContinuationToken ? fromToken(ContinuationToken) : "";
      const rows = database
        .sql("SELECT * FROM bucket WHERE name > ? ORDER BY name")
        .all(after) as unknown as BucketRow[];
      const found = rows.filter(({ name }) => name.startsWith(Prefix));
      const Buckets = found.slice(0, MaxBuckets).map(({ name, created }) => ({
        Name: name,
        CreationDate: shownTime(created),
        BucketRegion: region,
        BucketArn: `arn:aws:s3:::${name}`,
      }));
      const next = found.length > Buckets.length ? Buckets.at(-1)?.Name : undefined;
      return { Buckets, Owner: OWNER, Prefix: input.Prefix, ContinuationToken: next && toToken(next) };
    },
    CreateBucket: async ({ Bucket = "" }: CreateBucketCommandInput, request) => {
      checkName(Bucket);
      authorize(context, request, "s3:CreateBucket", Bucket);
      await database.write(() => {
        const exists = database.sql("SELECT 1 FROM bucket WHERE name = ?").get(Bucket);
        // Only us-east-1 lets its owner create a bucket again.
        if (exists && region !== "us-east-1") {
          throw new ServiceError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
          );
        }
        if (exists) return;
        database.sql("INSERT INTO bucket VALUES (?,?,NULL)").run(Bucket, context.now());
        for (const [kind, content] of Object.entries(DEFAULT_SETTINGS))
          writeDocument(database, Bucket, kind, JSON.stringify(content));
      });
      return { Location: `/${Bucket}` };
    },
    HeadBucket: async ({ Bucket = "" }: HeadBucketCommandInput, request) => {
      bucketRow(database, Bucket);
      authorize(context, request, "s3:ListBucket", Bucket);
      return { BucketRegion: region };
    },
    DeleteBucket: async ({ Bucket = "" }: DeleteBucketCommandInput, request) => {
      authorize(context, request, "s3:DeleteBucket", Bucket);
      context.blobs.discard(await database.write(() => deleteBucket(database, Bucket)));
      return undefined;
    },
    GetBucketLocation: async ({ Bucket = "" }: GetBucketLocationCommandInput, request) => {
      bucketRow(database, Bucket);
      authorize(context, request, "s3:GetBucketLocation", Bucket);
      return { LocationConstraint: region === "us-east-1" ? undefined : region };
    },
    GetBucketVersioning: async ({ Bucket = "" }: GetBucketVersioningCommandInput, request) => {
      const { versioning } = bucketRow(database, Bucket);
      authorize(context, request, "s3:GetBucketVersioning", Bucket);
      return versioning === null ? {} : { Status: versioning };
    },
    PutBucketVersioning: async (
      { Bucket = "", VersioningConfiguration }: PutBucketVersioningCommandInput,
      request,
    ) => {
      bucketRow(database, Bucket);
      authorize(context, request, "s3:PutBucketVersioning", Bucket);
      const status = VersioningConfiguration?.Status;
      if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
      await database.write(() =>
        database.sql("UPDATE bucket SET versioning = ? WHERE name = ?").run(status, Bucket),
      );
      return undefined;
    },
  };
}

/** Its unfinished uploads go with it; returns their blobs. */
function deleteBucket(database: Database, name: string): Blob[] {
  bucketRow(database, name);
  if (database.sql("SELECT 1 FROM object_version WHERE bucket = ? LIMIT 1").get(name)) {
    const detail = { BucketName: name };
    throw new ServiceError("BucketNotEmpty", "The bucket you tried to delete is not empty", { detail });
  }
  database.sql("DELETE FROM bucket WHERE name = ?").run(name);
  const uploads = database.sql("SELECT * FROM upload WHERE bucket = ?").all(name) as unknown as UploadRow[];
  return uploads.flatMap((upload) => dropUpload(database, upload));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function checkName(name: string): void {
  const valid = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  const reserved =
    /\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|^amzn-s3-demo-|-s3alias$|--ol-s3$|\.mrap$|--x-s3$|--table-s3$/;
  if (!valid || reserved.test(name))
    throw new ServiceError("InvalidBucketName", "The specified bucket is not valid.", {
      detail: { BucketName: name },
    });
}
