import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useBucket } from "./a-bucket.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-bucket-intro.html
describe("contract: settings of buckets", () => {
  const bucket = useBucket(target);
  const where = { Bucket: bucket.name };

  it("keeps tags, and forgets them", async () => {
    expect((await refused(target.s3.getBucketTagging(where))).code).to.equal("NoSuchTagSet");
    const TagSet = [
      { Key: "stack", Value: "dev" },
      { Key: "empty", Value: "" },
    ];
    await target.s3.putBucketTagging({ ...where, Tagging: { TagSet } });
    expect((await target.s3.getBucketTagging(where)).TagSet).to.have.deep.members(TagSet);
    await target.s3.deleteBucketTagging(where);
    expect((await refused(target.s3.getBucketTagging(where))).code).to.equal("NoSuchTagSet");
  });

  it("keeps lifecycle rules, and forgets them", async () => {
    const missing = "NoSuchLifecycleConfiguration";
    expect((await refused(target.s3.getBucketLifecycleConfiguration(where))).code).to.equal(missing);
    const Rules = [
      {
        ID: "abort",
        Status: "Enabled" as const,
        Filter: { Prefix: "uploads/" },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      },
      { ID: "expire", Status: "Disabled" as const, Filter: { Prefix: "" }, Expiration: { Days: 30 } },
    ];
    await target.s3.putBucketLifecycleConfiguration({ ...where, LifecycleConfiguration: { Rules } });
    const kept = (await target.s3.getBucketLifecycleConfiguration(where)).Rules ?? [];
    expect(kept.map(({ ID, Status }) => [ID, Status])).to.deep.equal([
      ["abort", "Enabled"],
      ["expire", "Disabled"],
    ]);
    expect(kept[0]?.AbortIncompleteMultipartUpload).to.deep.equal({ DaysAfterInitiation: 1 });
    expect(kept[1]?.Expiration).to.include({ Days: 30 });
    await target.s3.deleteBucketLifecycle(where);
    expect((await refused(target.s3.getBucketLifecycleConfiguration(where))).code).to.equal(missing);
  });

  it("keeps the date of a lifecycle rule", async () => {
    const Date_ = new Date("2030-01-01T00:00:00Z");
    const Rules = [
      { ID: "once", Status: "Enabled" as const, Filter: { Prefix: "" }, Expiration: { Date: Date_ } },
    ];
    await target.s3.putBucketLifecycleConfiguration({ ...where, LifecycleConfiguration: { Rules } });
    const kept = (await target.s3.getBucketLifecycleConfiguration(where)).Rules;
    expect(kept?.[0]?.Expiration?.Date).to.deep.equal(Date_);
    await target.s3.deleteBucketLifecycle(where);
  });

  it("keeps the encryption that was chosen", async () => {
    const Rules = [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: "aws:kms" as const,
          KMSMasterKeyID: "alias/aws/s3",
        },
        BucketKeyEnabled: true,
      },
    ];
    await target.s3.putBucketEncryption({ ...where, ServerSideEncryptionConfiguration: { Rules } });
    const { ServerSideEncryptionConfiguration } = await target.s3.getBucketEncryption(where);
    expect(ServerSideEncryptionConfiguration?.Rules?.[0]).to.deep.include(Rules[0]!);
    await target.s3.deleteBucketEncryption(where);
  });

  it("blocks public access by default, and keeps what was chosen", async () => {
    const all = (on: boolean) => ({
      BlockPublicAcls: on,
      IgnorePublicAcls: on,
      BlockPublicPolicy: on,
      RestrictPublicBuckets: on,
    });
    const read = async () => (await target.s3.getPublicAccessBlock(where)).PublicAccessBlockConfiguration;
    expect(await read()).to.deep.equal(all(true));
    await target.s3.putPublicAccessBlock({ ...where, PublicAccessBlockConfiguration: all(false) });
    expect(await read()).to.deep.equal(all(false));
    await target.s3.deletePublicAccessBlock(where);
    expect((await refused(read())).code).to.equal("NoSuchPublicAccessBlockConfiguration");
  });

  it("leaves objects to the bucket's owner by default, and keeps what was chosen", async () => {
    const read = async () => (await target.s3.getBucketOwnershipControls(where)).OwnershipControls?.Rules;
    expect(await read()).to.deep.equal([{ ObjectOwnership: "BucketOwnerEnforced" }]);
    const Rules = [{ ObjectOwnership: "BucketOwnerPreferred" as const }];
    await target.s3.putBucketOwnershipControls({ ...where, OwnershipControls: { Rules } });
    expect(await read()).to.deep.equal(Rules);
    await target.s3.deleteBucketOwnershipControls(where);
    expect((await refused(read())).code).to.equal("OwnershipControlsNotFoundError");
  });

  it("keeps a policy word for word, and forgets it", async () => {
    expect((await refused(target.s3.getBucketPolicy(where))).code).to.equal("NoSuchBucketPolicy");
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${bucket.name}`, `arn:aws:s3:::${bucket.name}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    const put = await target.s3.putBucketPolicy({ ...where, Policy });
    expect(put.$metadata.httpStatusCode).to.equal(204);
    expect(JSON.parse((await target.s3.getBucketPolicy(where)).Policy ?? "")).to.deep.equal(
      JSON.parse(Policy),
    );
    const { $metadata } = await target.s3.deleteBucketPolicy(where);
    expect($metadata.httpStatusCode).to.equal(204);
    expect((await refused(target.s3.getBucketPolicy(where))).code).to.equal("NoSuchBucketPolicy");
  });

  for (const [what, Policy] of Object.entries({
    nonsense: "nonsense",
    "an empty object": "{}",
    "a list": "[]",
  })) {
    it(`refuses ${what} as a policy`, async () => {
      const refusal = await refused(target.s3.putBucketPolicy({ ...where, Policy }));
      expect(refusal).to.include({ code: "MalformedPolicy", status: 400 });
    });
  }

  const missing = { ...where, Bucket: `${bucket.name}-not` };
  const readers: Record<string, () => Promise<unknown>> = {
    tags: () => target.s3.getBucketTagging(missing),
    policy: () => target.s3.getBucketPolicy(missing),
    encryption: () => target.s3.getBucketEncryption(missing),
    lifecycle: () => target.s3.getBucketLifecycleConfiguration(missing),
    "public access block": () => target.s3.getPublicAccessBlock(missing),
    ownership: () => target.s3.getBucketOwnershipControls(missing),
  };
  for (const [what, get] of Object.entries(readers)) {
    it(`says 404 of the ${what} of a bucket that does not exist`, async () => {
      expect(await refused(get())).to.include({ code: "NoSuchBucket", status: 404 });
    });
  }
});
