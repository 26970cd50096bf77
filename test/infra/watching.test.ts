import { expect } from "chai";
import { statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const LOGGING = "aws:s3/bucketLogging:BucketLogging";

describe("Access logs", () => {
  it("are of both buckets, in a third that forgets, once it takes them", async () => {
    const run = await declareDarkroom({ accessLogs: true, logRetentionDays: 90 });
    const logs = "photos-access-logs";
    const loggings = run.of(LOGGING).map(({ inputs }) => inputs);
    expect(loggings).to.deep.equal([
      { bucket: "photos-source-id", targetBucket: `${logs}-1a2b3c4`, targetPrefix: "source/" },
      { bucket: "photos-destination-id", targetBucket: `${logs}-1a2b3c4`, targetPrefix: "destination/" },
    ]);
    const policy = run.one("aws:s3/bucketPolicy:BucketPolicy", logs);
    for (const { dependsOn } of run.of(LOGGING)) expect(dependsOn).to.include(policy.urn);
    const { TakeAccessLogs } = statementsOf(policy.inputs.policy);
    expect(TakeAccessLogs?.Condition).to.deep.equal({
      ArnEquals: {
        "aws:SourceArn": ["arn:aws:s3:::photos-source-1a2b3c4", "arn:aws:s3:::photos-destination-1a2b3c4"],
      },
      StringEquals: { "aws:SourceAccount": "123456789012" },
    });
    const { rules } = run.one(
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      logs,
    ).inputs;
    expect(rules.at(-1)).to.deep.include({ id: "everything", expiration: { days: 90 } });
  });

  it("are in a bucket that S3's own key encrypts: S3 delivers them to no other", async () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/mine";
    const run = await declareDarkroom({ accessLogs: true, kmsKeyArn });
    const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    const [rule] = run.one(type, "access-logs").inputs.rules;
    expect(rule.applyServerSideEncryptionByDefault.sseAlgorithm).to.equal("AES256");
  });

  it("are the owner's matter for a bucket that is not ours", async () => {
    const run = await declareDarkroom({ accessLogs: true, source: { bucket: "shop-uploads" } });
    expect(run.of(LOGGING).map(({ name }) => name)).to.deep.equal(["photos-access-logs-destination"]);
  });
});

describe("Traces", () => {
  const factsOf = async (tracing: boolean) => {
    const run = await declareDarkroom({ tracing });
    const { policy } = run.one("aws:iam/rolePolicy:RolePolicy", "worker").inputs;
    return [
      run.one("aws:lambda/function:Function").inputs.tracingConfig,
      statementsOf(policy).WriteTraces?.Action,
    ];
  };

  it("are written, and may be, when they are wanted", async () => {
    expect(await factsOf(true)).to.deep.equal([
      { mode: "Active" },
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    ]);
    expect(await factsOf(false)).to.deep.equal([undefined, undefined]);
  });
});
