import { S3 } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { createBucket, useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html
describe("contract: buckets", () => {
  const bucket = useBucket(target);
  const NOT = `${bucket.name}-not`;

  it("are listed with their time and region", async () => {
    const { Buckets = [], Owner } = await target.s3.listBuckets({ Prefix: bucket.name });
    const found = Buckets.find(({ Name }) => Name === bucket.name);
    expect(found?.CreationDate).to.be.instanceOf(Date);
    expect(found?.BucketRegion).to.equal(target.region);
    expect(Owner?.ID).to.be.a("string");
  });

  it("are listed in pages", async () => {
    const { Buckets, ContinuationToken } = await target.s3.listBuckets({ MaxBuckets: 1 });
    expect(Buckets).to.have.length(1);
    expect(ContinuationToken).to.be.a("string");
    const next = await target.s3.listBuckets({ MaxBuckets: 1, ContinuationToken });
    const both = [...(Buckets ?? []), ...(next.Buckets ?? [])].map(({ Name }) => Name);
    expect(both, "in order").to.deep.equal([...both].sort());
    expect(new Set(both).size).to.equal(2);
  });
  before(() => createBucket(target, `${bucket.name}-second`));
  after(() => target.s3.deleteBucket({ Bucket: `${bucket.name}-second` }));

  it("may be created again by their owner in us-east-1", async () => {
    if (target.region !== "us-east-1") return;
    await createBucket(target, bucket.name);
    expect((await target.s3.headBucket({ Bucket: bucket.name })).$metadata.httpStatusCode).to.equal(200);
  });

  it("answer HEAD with their region", async () => {
    expect((await target.s3.headBucket({ Bucket: bucket.name })).BucketRegion).to.equal(target.region);
  });

  it("say where they are", async () => {
    const { LocationConstraint } = await target.s3.getBucketLocation({ Bucket: bucket.name });
    expect(LocationConstraint ?? "us-east-1").to.equal(target.region);
  });

  describe("in another region", () => {
    const Bucket = `${bucket.name}-far`;
    const region = target.region === "eu-west-1" ? "eu-central-1" : "eu-west-1";
    const far = () => new S3({ ...target, region, endpoint: target.endpoints.s3, forcePathStyle: true });
    before(() => far().createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    after(() => far().deleteBucket({ Bucket }));

    it("are there", async () => {
      expect((await far().headBucket({ Bucket })).BucketRegion).to.equal(region);
      expect((await far().getBucketLocation({ Bucket })).LocationConstraint).to.equal(region);
    });

    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
    it("are listed by it", async () => {
      const named = async (BucketRegion: string) =>
        (await far().listBuckets({ BucketRegion, Prefix: bucket.name })).Buckets?.map(({ Name }) => Name);
      expect(await named(region)).to.deep.equal([Bucket]);
      expect(await named("ap-south-1")).to.satisfy((none: unknown[] = []) => none.length === 0);
    });

    it("are neither made nor listed in one that there is not", async () => {
      const LocationConstraint = "eu-east-1" as "eu-west-1";
      const made = far().createBucket({
        Bucket: newName(),
        CreateBucketConfiguration: { LocationConstraint },
      });
      expect((await refused(made)).status).to.equal(400);
      expect(await refused(far().listBuckets({ BucketRegion: "eu-east-1" }))).to.include({
        code: "InvalidArgument",
        status: 400,
      });
    });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
  it("are not touched for who expects them to be somebody else's", async () => {
    const where = { Bucket: bucket.name, Key: "owned" };
    const ExpectedBucketOwner = "999999999999";
    const CopySource = `${bucket.name}/owned`;
    await target.s3.putObject(where);
    for (const attempt of [
      target.s3.putObject({ ...where, ExpectedBucketOwner }),
      target.s3.getObject({ ...where, ExpectedBucketOwner }),
      target.s3.listObjectsV2({ Bucket: bucket.name, ExpectedBucketOwner }),
      target.s3.copyObject({ ...where, CopySource, ExpectedSourceBucketOwner: ExpectedBucketOwner }),
    ]) {
      expect(await refused(attempt)).to.include({ code: "AccessDenied", status: 403 });
    }
    const nobody = target.s3.getObject({ ...where, ExpectedBucketOwner: "somebody" });
    expect(await refused(nobody)).to.include({ code: "InvalidBucketOwnerAWSAccountID", status: 400 });
  });

  it("are created with the object ownership that is asked for", async () => {
    const Bucket = newName();
    const create = (ObjectOwnership: string) =>
      target.s3.createBucket({ Bucket, ObjectOwnership: ObjectOwnership as "ObjectWriter" });
    expect(await refused(create("Nobody"))).to.include({ code: "InvalidArgument", status: 400 });
    await create("ObjectWriter");
    const { OwnershipControls } = await target.s3.getBucketOwnershipControls({ Bucket });
    expect(OwnershipControls?.Rules).to.deep.equal([{ ObjectOwnership: "ObjectWriter" }]);
    await target.s3.deleteBucket({ Bucket });
  });

  it("say 404 when they do not exist", async () => {
    expect((await refused(target.s3.headBucket({ Bucket: NOT }))).status).to.equal(404);
    for (const attempt of [
      target.s3.deleteBucket({ Bucket: NOT }),
      target.s3.getBucketLocation({ Bucket: NOT }),
      target.s3.listObjectVersions({ Bucket: NOT }),
      target.s3.listMultipartUploads({ Bucket: NOT }),
      target.s3.getBucketVersioning({ Bucket: NOT }),
      target.s3.getBucketNotificationConfiguration({ Bucket: NOT }),
      target.s3.deleteObjects({ Bucket: NOT, Delete: { Objects: [{ Key: "k" }] } }),
    ]) {
      expect(await refused(attempt)).to.include({ code: "NoSuchBucket", status: 404 });
    }
  });

  it("cannot be deleted while they hold an object", async () => {
    await bucket.put("object");
    expect(await refused(target.s3.deleteBucket({ Bucket: bucket.name }))).to.include({
      code: "BucketNotEmpty",
      status: 409,
    });
  });

  it("cannot be deleted while they hold a delete marker", async () => {
    const Bucket = newName();
    await createBucket(target, Bucket);
    await target.s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    const { VersionId } = await target.s3.deleteObject({ Bucket, Key: "k" });
    expect((await refused(target.s3.deleteBucket({ Bucket }))).code).to.equal("BucketNotEmpty");
    await target.s3.deleteObject({ Bucket, Key: "k", VersionId });
    await target.s3.deleteBucket({ Bucket });
    expect((await refused(target.s3.headBucket({ Bucket }))).status).to.equal(404);
  });

  it("forget their settings when they are deleted", async () => {
    const Bucket = newName();
    await createBucket(target, Bucket);
    const Tagging = { TagSet: [{ Key: "a", Value: "1" }] };
    await target.s3.putBucketTagging({ Bucket, Tagging });
    await target.s3.deleteBucket({ Bucket });
    await createBucket(target, Bucket);
    expect((await refused(target.s3.getBucketTagging({ Bucket }))).code).to.equal("NoSuchTagSet");
    await target.s3.deleteBucket({ Bucket });
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
  for (const name of [
    "ab",
    "a".repeat(64),
    "Upper-Case",
    "under_score",
    "-start",
    "end-",
    "two..dots",
    "192.168.5.4",
    "xn--puny",
  ]) {
    it(`may not be called ${name.length > 20 ? `${name.slice(0, 5)}… (${name.length})` : name}`, async () => {
      expect(await refused(createBucket(target, name))).to.include({
        code: "InvalidBucketName",
        status: 400,
      });
    });
  }
});
