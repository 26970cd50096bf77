// A bucket for the tests of one `describe`, and the shortest way to say what a test puts into it.
import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
  S3,
} from "@aws-sdk/client-s3";
import { newName, type Target } from "../target.ts";

type Content = string | Uint8Array;

export interface TestBucket {
  name: string;
  put(key: string, body?: Content, more?: Partial<PutObjectCommandInput>): Promise<PutObjectCommandOutput>;
  get(key: string, more?: Partial<GetObjectCommandInput>): Promise<GetObjectCommandOutput>;
  head(key: string, more?: Partial<HeadObjectCommandInput>): Promise<HeadObjectCommandOutput>;
  text(key: string, more?: Partial<GetObjectCommandInput>): Promise<string>;
}

export function useBucket(target: Target, options: { versioned?: boolean } = {}): TestBucket {
  const bucket: TestBucket = {
    name: newName(),
    put: (Key, Body = "content", more = {}) =>
      target.s3.putObject({ Bucket: bucket.name, Key, Body, ...more }),
    get: (Key, more = {}) => target.s3.getObject({ Bucket: bucket.name, Key, ...more }),
    head: (Key, more = {}) => target.s3.headObject({ Bucket: bucket.name, Key, ...more }),
    text: async (key, more) => (await (await bucket.get(key, more)).Body?.transformToString()) ?? "",
  };
  before(async () => {
    await createBucket(target, bucket.name);
    if (!options.versioned) return;
    const VersioningConfiguration = { Status: "Enabled" } as const;
    await target.s3.putBucketVersioning({ Bucket: bucket.name, VersioningConfiguration });
  });
  after(() => removeBucket(target.s3, bucket.name));
  return bucket;
}

export async function createBucket({ s3, region }: Target, Bucket: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: region as "eu-west-1" };
  await s3.createBucket({ Bucket, ...(region === "us-east-1" ? {} : { CreateBucketConfiguration }) });
}

/** With everything in it. */
async function removeBucket(s3: S3, Bucket: string): Promise<void> {
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket });
    const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (Objects.length === 0) break;
    await s3.deleteObjects({ Bucket, Delete: { Objects } });
  }
  const { Uploads = [] } = await s3.listMultipartUploads({ Bucket });
  for (const { Key, UploadId } of Uploads) await s3.abortMultipartUpload({ Bucket, Key, UploadId });
  await s3.deleteBucket({ Bucket });
}
