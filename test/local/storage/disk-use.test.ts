import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  AbortMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { s3Client, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import { until } from "../../support/until.ts";

describe("disk use", () => {
  let cloud: TestCloud;
  let s3: S3Client;
  const Bucket = "bucket";
  const Body = Buffer.alloc(100_000, "bytes");

  beforeEach(async () => {
    cloud = await startTestCloud();
    s3 = s3Client(cloud);
    await s3.send(new CreateBucketCommand({ Bucket }));
  });

  afterEach(() => cloud.stop());

  const put = (Key: string, more = {}) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const files = () =>
    readdirSync(join(cloud.dataDirectory, "blobs"), { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile(),
    ).length;
  /** Files are deleted after the answer. */
  const filesBecome = (count: number) => until(`there are ${count} files`, () => files() === count);

  it("is that of the objects there are: what is replaced or deleted is given back", async () => {
    await put("a");
    for (let again = 0; again < 5; again += 1) await put("a");
    await s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `${Bucket}/a` }));
    await filesBecome(2);

    await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "b" }));
    await filesBecome(0);
  });

  it("does not grow by uploads that are refused, before or after their last byte", async () => {
    await put("a");
    await rejection(put("a", { IfNoneMatch: "*" }));
    await rejection(put("b", { ContentMD5: "1B2M2Y8AsgTpgAmY7PhCfg==" }));
    await rejection(put("b", { ChecksumCRC32: "AAAAAA==" }));
    await rejection(s3.send(new PutObjectCommand({ Bucket: "nobodys", Key: "b", Body })));

    await filesBecome(1);
  });

  it("does not grow by parts that are replaced, aborted, or whose bucket goes", async () => {
    const begin = async () =>
      (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "m" }))).UploadId ?? "";
    const part = (UploadId: string) =>
      s3.send(new UploadPartCommand({ Bucket, Key: "m", UploadId, PartNumber: 1, Body }));
    const [first, second] = [await begin(), await begin()];
    for (const id of [first, first, second]) await part(id);
    await filesBecome(2);

    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "m", UploadId: first }));
    await filesBecome(1);
    await s3.send(new DeleteBucketCommand({ Bucket }));
    await filesBecome(0);
  });
});
