// Buckets themselves.
import {
  BucketLocationConstraint,
  type CreateBucketCommandInput,
  type DeleteBucketCommandInput,
  type GetBucketLocationCommandInput,
  type GetBucketVersioningCommandInput,
  type HeadBucketCommandInput,
  type ListBucketsCommandInput,
  ObjectOwnership,
  type PutBucketVersioningCommandInput,
} from "@aws-sdk/client-s3";
import { ServiceError } from "../protocol/model.ts";
import type { RestHandler } from "../protocol/rest-xml.ts";
import { malformedXml } from "../protocol/xml.ts";
import type { Blob } from "../storage/blobs.ts";
import type { Database } from "../storage/database.ts";
import { authorize } from "./access.ts";
import type { S3Context } from "./context.ts";
import { fromToken, OWNER, toToken } from "./listing.ts";
import { type BucketRow, bucketRow, shownTime, writeDocument } from "./tables.ts";
import { dropUpload, type UploadRow } from "./uploads.ts";

const MAX_BUCKETS = 10_000;
const REGIONS = new Set<string>(["us-east-1", ...Object.values(BucketLocationConstraint)]);
/** What every new bucket has, and is true of the local one: nobody is let in without credentials, and there are no ACLs. */
const DEFAULT_SETTINGS = {
  PublicAccessBlock: {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  },
};

export function bucketHandlers(context: S3Context): Record<string, RestHandler> {
  const { database } = context;
  const regionOf = (row: BucketRow) => row.region ?? context.region;
  return {
    ListBuckets: async (input: ListBucketsCommandInput, request) => {
      authorize(context, request, "s3:ListAllMyBuckets", "*");
      return listBuckets(context, input);
    },
    CreateBucket: async (input: CreateBucketCommandInput, request) => {
      const { Bucket = "", CreateBucketConfiguration } = input;
      checkName(Bucket);
      const region = checkedLocation(CreateBucketConfiguration?.LocationConstraint) ?? context.region;
      const settings = { ...DEFAULT_SETTINGS, OwnershipControls: ownershipControls(input) };
      authorize(context, request, "s3:CreateBucket", Bucket);
      await database.write(() => {
        const exists = database.sql("SELECT * FROM bucket WHERE name = ?").get(Bucket);
        // Only us-east-1 lets its owner create a bucket again.
        if (exists && regionOf(exists as unknown as BucketRow) !== "us-east-1") {
          throw new ServiceError(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
            { detail: { BucketName: Bucket } },
          );
        }
        if (exists) return;
        database.sql("INSERT INTO bucket VALUES (?,?,NULL,?)").run(Bucket, context.now(), region);
        for (const [kind, content] of Object.entries(settings))
          writeDocument(database, Bucket, kind, JSON.stringify(content));
      });
      return { Location: `/${Bucket}` };
    },
    HeadBucket: async ({ Bucket = "" }: HeadBucketCommandInput, request) => {
      const row = bucketRow(database, Bucket);
      authorize(context, request, "s3:ListBucket", Bucket);
      return { BucketRegion: regionOf(row) };
    },
    DeleteBucket: async ({ Bucket = "" }: DeleteBucketCommandInput, request) => {
      authorize(context, request, "s3:DeleteBucket", Bucket);
      context.blobs.discard(await database.write(() => deleteBucket(database, Bucket)));
      return undefined;
    },
    GetBucketLocation: async ({ Bucket = "" }: GetBucketLocationCommandInput, request) => {
      const region = regionOf(bucketRow(database, Bucket));
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

function ownershipControls({ ObjectOwnership: asked = "BucketOwnerEnforced" }: CreateBucketCommandInput) {
  if (Object.values<string>(ObjectOwnership).includes(asked)) return { Rules: [{ ObjectOwnership: asked }] };
  const detail = { ArgumentName: "x-amz-object-ownership", ArgumentValue: asked };
  throw new ServiceError("InvalidArgument", `Invalid x-amz-object-ownership header: ${asked}`, { detail });
}

function listBuckets(
  { database, region }: S3Context,
  { Prefix, MaxBuckets = MAX_BUCKETS, ContinuationToken, BucketRegion }: ListBucketsCommandInput,
): object {
  if (BucketRegion !== undefined && !REGIONS.has(BucketRegion)) throw invalidRegion(BucketRegion);
  const after = ContinuationToken ? fromToken(ContinuationToken) : "";
  const rows = database
    .sql("SELECT *, ifnull(region, ?) AS region FROM bucket WHERE name > ? ORDER BY name")
    .all(region, after) as unknown as (BucketRow & { region: string })[];
  const found = rows.filter(
    (row) => row.name.startsWith(Prefix ?? "") && [undefined, row.region].includes(BucketRegion),
  );
  const Buckets = found.slice(0, MaxBuckets).map((row) => ({
    Name: row.name,
    CreationDate: shownTime(row.created),
    BucketRegion: row.region,
    BucketArn: `arn:aws:s3:::${row.name}`,
  }));
  const next = found.length > Buckets.length ? Buckets.at(-1)?.Name : undefined;
  return { Buckets, Owner: OWNER, Prefix, ContinuationToken: next && toToken(next) };
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

/** `EU` is the old name of Ireland. */
function checkedLocation(constraint: string | undefined): string | undefined {
  if (constraint === undefined || constraint === "") return undefined;
  if (constraint === "EU") return "eu-west-1";
  if (REGIONS.has(constraint)) return constraint;
  const detail = { LocationConstraint: constraint };
  const message = "The specified location-constraint is not valid";
  throw new ServiceError("InvalidLocationConstraint", message, { detail });
}

function invalidRegion(region: string): ServiceError {
  const message = `Argument value ${region} is not a valid AWS Region`;
  return new ServiceError("InvalidArgument", message, { detail: { ArgumentName: "bucket-region" } });
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
