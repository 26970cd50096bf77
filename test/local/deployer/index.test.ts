import { GetBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Deployment } from "../../../local/deployer/deploy.ts";
import { s3Client, sqsClient } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import {
  copyProject,
  FIXTURES,
  only,
  type ProjectCopy,
  ROOT,
  SEVERAL_PROGRAMS_MS,
  type Stage,
  startStage,
} from "./a-deployment.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const environment = { DARKROOM_ARTIFACT: `${FIXTURES}/artifact` };

describe("index.ts, deployed to the local cloud", () => {
  let stage: Stage;
  let dev: Deployment;
  let prod: Deployment;

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    stage = await startStage();
    const projectDirectory = ROOT;
    [dev, prod] = await Promise.all([
      stage.deploy({ projectDirectory, stack: "dev", environment }),
      stage.deploy({ projectDirectory, stack: "prod", environment }),
    ]);
  });

  after(() => stage.close());

  it("has the outputs that people and operations rely on", () => {
    expect(dev.outputs).to.have.all.keys(
      "sourceBucket",
      "destinationBucket",
      "workQueueUrl",
      "backfillQueueUrl",
      "backfillMappingId",
      "deadLetterQueueUrl",
      "functionName",
      "operatorRead",
      "operatorRedrive",
      "eventSourceMappingId",
      "region",
      "alarmsTopicArn",
      "dashboardUrl",
    );
    for (const [name, value] of Object.entries(dev.outputs)) expect(value, name).to.be.a("string");
  });

  it("protects what prod keeps, and lets dev go", () => {
    const emptied = ({ resources }: Deployment) =>
      resources.filter(({ type }) => type === BUCKET).map(({ inputs }) => inputs.forceDestroy);
    expect(emptied(dev)).to.deep.equal([true, true]);
    expect(emptied(prod)).to.deep.equal([false, false]);
  });

  it("lists alarms and the dashboard as recorded: they have no local meaning", () => {
    const stateOf = (type: string) =>
      new Set(dev.resources.filter((resource) => resource.type === type).map(({ state }) => state));
    expect([...stateOf("aws:cloudwatch/metricAlarm:MetricAlarm")]).to.deep.equal(["recorded"]);
    expect([...stateOf("aws:cloudwatch/dashboard:Dashboard")]).to.deep.equal(["recorded"]);
    expect([...stateOf("aws:sns/topic:Topic")]).to.deep.equal(["deployed"]);
    expect(dev.outputs.dashboardUrl).to.match(/#dashboards\/dashboard\/darkroom-dev$/);
  });

  it("scales prod further than dev", () => {
    const concurrency = ({ resources }: Deployment) =>
      (only(resources, MAPPING, "worker").inputs.scalingConfig as { maximumConcurrency: number })
        .maximumConcurrency;
    expect([concurrency(dev), concurrency(prod)]).to.deep.equal([10, 200]);
  });
});

describe("A setting in the stack file", () => {
  let stage: Stage;
  let project: ProjectCopy;
  let first: Deployment;
  let second: Deployment;

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    stage = await startStage();
    project = copyProject(ROOT, "index.ts");
    project.writeStack(
      "mine",
      "config:\n  darkroom:cdn: true\n  darkroom:catalog: true\n  darkroom:events: true\n",
    );
    first = await stage.deploy({ ...project, stack: "mine", environment });
    project.writeStack(
      "mine",
      `config:
  darkroom:cdn: true
  darkroom:catalog: true
  darkroom:events: true
  darkroom:timeoutSeconds: 120
  darkroom:batchSize: 20
  darkroom:batchWindowSeconds: 5
  darkroom:maximumConcurrency: 3
  darkroom:backfillConcurrency: 2
  darkroom:reserveConcurrency: true
  darkroom:kmsKeyArn: arn:aws:kms:us-east-1:000000000000:key/mine
  darkroom:maxReceiveCount: 9
  darkroom:memoryMiB: 2048
  darkroom:source: { prefix: in/, suffixes: [.jpg] }
  darkroom:variants: [{ name: tiny, width: 16 }]
`,
    );
    second = await stage.deploy({ ...project, stack: "mine", environment });
  });

  after(async () => {
    project.remove();
    await stage.close();
  });

  it("changes what is there, and makes nothing anew", () => {
    expect(second.outputs).to.deep.equal(first.outputs);
    expect(second.resources.map(({ urn }) => urn)).to.have.members(first.resources.map(({ urn }) => urn));
    expect(second.outputs).to.include.keys("cdnUrl", "catalogTable", "eventsTopicArn");
  });

  it("takes effect in the queue", async () => {
    const { Attributes } = await sqsClient(stage.cloud).send(
      new GetQueueAttributesCommand({
        QueueUrl: String(second.outputs.workQueueUrl),
        AttributeNames: ["All"],
      }),
    );
    expect(Attributes?.VisibilityTimeout).to.equal(String(6 * 120 + 5));
    expect(Attributes?.KmsMasterKeyId).to.equal("arn:aws:kms:us-east-1:000000000000:key/mine");
    expect(JSON.parse(Attributes?.RedrivePolicy ?? "{}").maxReceiveCount).to.equal(9 + 3);
  });

  it("takes effect in the notification's filters", async () => {
    const { QueueConfigurations } = await s3Client(stage.cloud).send(
      new GetBucketNotificationConfigurationCommand({ Bucket: String(second.outputs.sourceBucket) }),
    );
    expect(QueueConfigurations?.map(({ Filter }) => Filter?.Key?.FilterRules)).to.deep.equal([
      [
        { Name: "Prefix", Value: "in/" },
        { Name: "Suffix", Value: ".jpg" },
      ],
    ]);
  });

  it("takes effect in the mappings of both lanes", () => {
    const told = (nameEnd: string) =>
      stage.mappings.get(String(only(second.resources, MAPPING, nameEnd).inputs.eventSourceArn));
    const common = { batchSize: 20, batchWindowSeconds: 5, reportBatchItemFailures: true, enabled: true };
    expect(told("worker")).to.deep.include({ ...common, maximumConcurrency: 3 });
    expect(told("backfill")).to.deep.include({ ...common, maximumConcurrency: 2 });
    expect(stage.mappings.size).to.equal(2);
  });

  it("takes effect in the function and its environment", () => {
    const configuration = stage.functions.get(String(second.outputs.functionName));
    expect(configuration).to.deep.include({
      timeoutSeconds: 120,
      memoryMiB: 2048,
      handler: "index.handler",
      reservedConcurrency: 5,
    });
    const { MAX_RECEIVE_COUNT, DARKROOM_RECIPE = "{}" } = configuration?.environment ?? {};
    expect(MAX_RECEIVE_COUNT).to.equal("9");
    expect(JSON.parse(DARKROOM_RECIPE).variants).to.have.length(1);
    expect(JSON.parse(DARKROOM_RECIPE).variants[0]).to.deep.include({ name: "tiny", width: 16 });
  });

  it("for a CDN lets it read, which is recorded: its address leads nowhere", () => {
    const distribution = only(second.resources, DISTRIBUTION, "cdn");
    expect(distribution.state).to.equal("recorded");
    expect(second.outputs.cdnUrl).to.match(/^https:\/\/darkroom-cdn-\w+\.invalid$/);
    const { policy } = only(second.resources, "aws:s3/bucketPolicy:BucketPolicy", "destination").inputs;
    expect(policy).to.include(":distribution/darkroom-cdn-");
  });

  it("that is wrong stops the deployment before anything is made, whatever else is wrong", async () => {
    project.writeStack("wrong", "config:\n  darkroom:batchSize: 0\n  darkroom:fast: true\n");
    const error = await rejection(stage.deploy({ ...project, stack: "wrong", environment }));
    expect(error.message.split("\n  ")).to.deep.equal([
      "The settings of this stack are wrong:",
      "Expected a whole number from 1 to 10000 messages for darkroom:batchSize, but received 0.",
      "Expected no setting for darkroom:fast, but received true.",
    ]);
  });

  it("names a bucket whose events come through EventBridge, which is not here: nothing is made of that", async () => {
    project.writeStack("theirs", "config:\n  darkroom:source: { bucket: shop-uploads }\n");
    const error = await rejection(stage.deploy({ ...project, stack: "theirs", environment }));
    expect(error.message).to.match(
      /EventRule::darkroom-source: EventBridge is not on this machine: .*\n {2}declared at .*infra\/source\.ts:\d+$/,
    );
  });
});
