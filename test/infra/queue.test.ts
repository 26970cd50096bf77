import { expect } from "chai";
import { MOCKED_ACCOUNT, type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const QUEUE = "aws:sqs/queue:Queue";
const REDRIVE_POLICY = "aws:sqs/redrivePolicy:RedrivePolicy";
const ALLOW_POLICY = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

const arnOf = (name: string) => `arn:aws:sqs:eu-west-1:${MOCKED_ACCOUNT}:${name}-1a2b3c4`;
const urlOf = (name: string) => `https://sqs.eu-west-1.amazonaws.com/${MOCKED_ACCOUNT}/${name}-1a2b3c4`;

describe("The queues", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({ timeoutSeconds: 100, batchWindowSeconds: 20, maxReceiveCount: 3 });
  });

  it("hide a message for at least six times the function's timeout and the batch window", () => {
    const { timeout } = run.one("aws:lambda/function:Function").inputs;
    const mapping = run.of("aws:lambda/eventSourceMapping:EventSourceMapping")[0];
    const window = mapping?.inputs.maximumBatchingWindowInSeconds;
    expect([timeout, window]).to.deep.equal([100, 20]);
    for (const lane of ["work", "backfill"])
      expect(run.one(QUEUE, lane).inputs.visibilityTimeoutSeconds).to.be.at.least(6 * timeout + window);
  });

  it("keep dead letters longer than messages, which keep their age when they are moved", () => {
    const retentionOf = (name: string) => run.one(QUEUE, name).inputs.messageRetentionSeconds;
    expect(retentionOf("dead-letters")).to.be.above(retentionOf("work"));
  });

  it("know each other: the lanes send their dead letters to one queue, which takes no one else's", () => {
    for (const lane of ["work", "backfill"]) {
      const { queueUrl, redrivePolicy } = run.one(REDRIVE_POLICY, lane).inputs;
      expect(queueUrl).to.equal(urlOf(`photos-${lane}`));
      expect(JSON.parse(redrivePolicy)).to.deep.equal({
        deadLetterTargetArn: arnOf("photos-dead-letters"),
        maxReceiveCount: 3 + 3, // The worker gives up at 3; the others are in reserve for one that is killed just then.
      });
    }
    const { queueUrl, redriveAllowPolicy } = run.one(ALLOW_POLICY).inputs;
    expect(queueUrl).to.equal(urlOf("photos-dead-letters"));
    expect(JSON.parse(redriveAllowPolicy)).to.deep.equal({
      redrivePermission: "byQueue",
      sourceQueueArns: [arnOf("photos-work"), arnOf("photos-backfill")],
    });
    expect(run.of(REDRIVE_POLICY)).to.have.length(2);
  });

  it("are tied to the dead-letter queue once it allows them, because a lane may be added later", () => {
    const { urn } = run.one(ALLOW_POLICY);
    for (const { name, dependsOn } of run.of(REDRIVE_POLICY)) expect(dependsOn, name).to.include(urn);
    for (const { name, inputs } of run.of(QUEUE)) expect(inputs, name).not.to.have.property("redrivePolicy");
  });

  it("are two lanes that do not differ, but for their names", () => {
    expect(run.one(QUEUE, "backfill").inputs).to.deep.equal(run.one(QUEUE, "work").inputs);
  });

  it("are one lane when that is enough, and nothing speaks of the other", async () => {
    const single = await declareDarkroom({ backfill: false });
    expect(single.resources.filter(({ name }) => name.includes("backfill"))).to.deep.equal([]);
    expect(single.resources.map(({ inputs }) => JSON.stringify(inputs)).join()).not.to.include("backfill");
    expect(single.of(QUEUE)).to.have.length(2);
  });

  it("are encrypted, and take the largest event that S3 can send", () => {
    for (const { inputs } of run.of(QUEUE)) {
      expect(inputs.sqsManagedSseEnabled).to.equal(true);
      expect(inputs.maxMessageSize).to.be.at.least(64 * 1024);
    }
  });

  it("take events of the source bucket of this account, and of nobody else", () => {
    const { queueUrl, policy } = run.one(QUEUE_POLICY, "work").inputs;
    expect(queueUrl).to.equal(urlOf("photos-work"));
    expect(statementsOf(policy).AcceptEventsOfTheBucket).to.deep.equal({
      Sid: "AcceptEventsOfTheBucket",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: arnOf("photos-work"),
      Condition: {
        ArnEquals: { "aws:SourceArn": "arn:aws:s3:::photos-source-1a2b3c4" },
        StringEquals: { "aws:SourceAccount": MOCKED_ACCOUNT },
      },
    });
  });

  it("refuse everything without TLS, each for itself", () => {
    expect(run.of(QUEUE_POLICY).map(({ inputs }) => inputs.queueUrl)).to.have.members([
      urlOf("photos-work"),
      urlOf("photos-backfill"),
      urlOf("photos-dead-letters"),
    ]);
    for (const { inputs } of run.of(QUEUE_POLICY)) {
      const queueArn = arnOf(inputs.queueUrl.split("/").at(-1).replace("-1a2b3c4", ""));
      expect(statementsOf(inputs.policy).DenyWithoutTls).to.deep.equal({
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: [queueArn],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      });
    }
  });
});
