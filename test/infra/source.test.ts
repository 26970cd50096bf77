import { expect } from "chai";
import { letsEventBridgeSend, letsS3Send } from "../../operations/doctor/policy.ts";
import { eventPattern } from "../../settings/event-pattern.ts";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/theirs";

describe("A source bucket that was there before", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({ source: { bucket: "shop-uploads", prefix: "in/", kmsKeyArn: KEY } });
  });

  it("is not made, and nothing of it is changed", () => {
    expect(run.of("aws:s3/bucket:Bucket").map(({ name }) => name)).to.deep.equal(["photos-destination"]);
    expect(run.of("aws:s3/bucketNotification:BucketNotification")).to.deep.equal([]);
    const touched = run.resources.filter(({ inputs }) => inputs.bucket === "shop-uploads");
    expect(touched).to.deep.equal([]);
  });

  it("is heard of through a rule, once the queues take what it sends", () => {
    const { inputs, dependsOn } = run.one(TARGET);
    const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:photos-${name}-1a2b3c4`;
    expect(inputs).to.deep.equal({
      rule: "photos-source-1a2b3c4",
      arn: queue("work"),
      deadLetterConfig: { arn: queue("dead-letters") },
    });
    for (const name of ["work", "dead-letters"])
      expect(dependsOn).to.include(run.one(QUEUE_POLICY, name).urn);
    expect(JSON.parse(run.one(RULE).inputs.eventPattern).detail).to.deep.equal({
      bucket: { name: ["shop-uploads"] },
      object: { key: [{ prefix: "in/" }] },
    });
  });

  it("has its events taken from that rule alone", () => {
    for (const name of ["work", "dead-letters"]) {
      const { policy } = run.one(QUEUE_POLICY, name).inputs;
      const { AcceptEventsOfTheBucket } = statementsOf(policy);
      expect(AcceptEventsOfTheBucket?.Principal).to.deep.equal({ Service: "events.amazonaws.com" });
      expect(AcceptEventsOfTheBucket?.Condition).to.deep.equal({
        ArnEquals: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/photos-source-1a2b3c4" },
        StringEquals: { "aws:SourceAccount": "123456789012" },
      });
      expect([letsEventBridgeSend(policy), letsS3Send(policy, "shop-uploads")]).to.deep.equal([true, false]);
    }
    expect(Object.keys(statementsOf(run.one(QUEUE_POLICY, "backfill").inputs.policy))).to.deep.equal([
      "DenyWithoutTls",
    ]);
  });

  it("is read by the function, and decrypted with its own key", () => {
    const { ReadSources, ReadSourcesWithTheirKey } = statementsOf(
      run.one("aws:iam/rolePolicy:RolePolicy", "worker").inputs.policy,
    );
    expect(ReadSources?.Resource).to.equal("arn:aws:s3:::shop-uploads/*");
    expect(ReadSourcesWithTheirKey).to.deep.include({ Action: ["kms:Decrypt"], Resource: KEY });
    const { SOURCE_BUCKET } = run.one("aws:lambda/function:Function").inputs.environment.variables;
    expect(SOURCE_BUCKET).to.equal("shop-uploads");
  });

  const filters = (prefix: string, ...suffixes: string[]) =>
    eventPattern("b", { bucket: "b", prefix, suffixes }).detail;
  it("is filtered as S3 itself would", () => {
    expect(filters("")).to.deep.equal({ bucket: { name: ["b"] } });
    expect(filters("", ".jpg", ".PNG")).to.deep.include({
      object: { key: [{ suffix: ".jpg" }, { suffix: ".PNG" }] },
    });
    expect(filters("a*/", ".jpg")).to.deep.include({ object: { key: [{ wildcard: "a\\*/*.jpg" }] } });
  });
});
