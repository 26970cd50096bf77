import { expect } from "chai";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";

describe("The buckets", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom();
  });

  it("are two, each with its own block, owner, encryption, leftovers and policy", () => {
    const names = ["photos-source", "photos-destination"];
    expect(run.of(BUCKET).map(({ name }) => name)).to.have.members(names);
    for (const type of [
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketPolicy:BucketPolicy",
    ]) {
      expect(
        run.of(type).map(({ inputs }) => inputs.bucket),
        type,
      ).to.have.members(names.map((name) => `${name}-id`));
    }
  });

  it("let nobody make anything public", () => {
    for (const { inputs } of run.of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")) {
      const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = inputs;
      expect([blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets]).to.deep.equal([
        true,
        true,
        true,
        true,
      ]);
    }
    expect(run.of("aws:s3/bucketAcl:BucketAcl")).to.deep.equal([]);
  });

  it("own what is put into them, and encrypt it", () => {
    for (const { inputs } of run.of("aws:s3/bucketOwnershipControls:BucketOwnershipControls"))
      expect(inputs.rule.objectOwnership).to.equal("BucketOwnerEnforced");
    for (const { inputs } of run.of(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ))
      expect(inputs.rules[0].applyServerSideEncryptionByDefault.sseAlgorithm).to.equal("AES256");
  });

  it("refuse everything without TLS, after the public access block is in force", () => {
    for (const { name, inputs, dependsOn } of run.of("aws:s3/bucketPolicy:BucketPolicy")) {
      const arn = `arn:aws:s3:::${name}-1a2b3c4`;
      expect(statementsOf(inputs.policy)).to.deep.equal({
        DenyWithoutTls: {
          Sid: "DenyWithoutTls",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      });
      expect(dependsOn).to.include(
        run.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name).urn,
      );
    }
  });

  it("keep earlier versions of sources for a while, and of renditions not at all", () => {
    const versioning = run.one("aws:s3/bucketVersioning:BucketVersioning");
    expect(versioning.name).to.equal("photos-source");
    const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
    const idsOf = (name: string) => run.one(lifecycle, name).inputs.rules.map(({ id }: { id: string }) => id);
    expect(idsOf("source")).to.deep.equal(["incomplete-uploads", "noncurrent-versions"]);
    expect(idsOf("destination")).to.deep.equal(["incomplete-uploads"]);
    expect(run.one(lifecycle, "source").dependsOn).to.include(versioning.urn);
  });

  it("cannot be deleted while they are protected, and are emptied when not", async () => {
    const unprotected = await declareDarkroom({ protect: false });
    const facts = ({ of }: MockedRun) =>
      of(BUCKET).map(({ protect, inputs }) => [protect, inputs.forceDestroy]);
    expect(facts(run)).to.deep.equal([
      [true, false],
      [true, false],
    ]);
    expect(facts(unprotected)).to.deep.equal([
      [false, true],
      [false, true],
    ]);
  });
});

describe("The notification", () => {
  it("is one per bucket, after the queue takes it", async () => {
    const run = await declareDarkroom();
    const { inputs, dependsOn } = run.one(NOTIFICATION);
    expect(inputs.bucket).to.equal("photos-source-id");
    expect(dependsOn).to.include(run.one("aws:sqs/queuePolicy:QueuePolicy", "work").urn);
    expect(inputs.queues).to.deep.equal([
      {
        id: "images-1",
        queueArn: "arn:aws:sqs:eu-west-1:123456789012:photos-work-1a2b3c4",
        events: ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
      },
    ]);
  });

  it("filters by prefix and by every suffix", async () => {
    const run = await declareDarkroom({ source: { prefix: "in/", suffixes: [".jpg", ".PNG"] } });
    const filters = run
      .one(NOTIFICATION)
      .inputs.queues.map(({ id, filterPrefix, filterSuffix }: Record<string, string>) => [
        id,
        filterPrefix,
        filterSuffix,
      ]);
    expect(filters).to.deep.equal([
      ["images-1", "in/", ".jpg"],
      ["images-2", "in/", ".PNG"],
    ]);
  });
});
