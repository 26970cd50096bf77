import { GetBucketNotificationConfigurationCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, ListQueuesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Deployment } from "../../../local/deployer/deploy.ts";
import { DeploymentError } from "../../../local/deployer/deployment-error.ts";
import { messageCount, queueDepth } from "../../../operations/queue-depth.ts";
import { s3Client, sqsClient } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import {
  copyProject,
  FIXTURES,
  type ProjectCopy,
  SEVERAL_PROGRAMS_MS,
  type Stage,
  startStage,
} from "./a-deployment.ts";

describe("A program deployed to the local cloud", () => {
  let stage: Stage;
  let project: ProjectCopy;
  let deployment: Deployment;

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    stage = await startStage();
    project = copyProject(`${FIXTURES}/queue-and-bucket`, "program.ts");
    project.writeStack("dev", "config:\n  sample:visibilitySeconds: 90\n  sample:delaySeconds: 7\n");
    deployment = await stage.deploy({ ...project, stack: "dev" });
  });

  after(async () => {
    project.remove();
    await stage.close();
  });

  const queueUrl = () => String(deployment.outputs.queueUrl);

  async function attribute(name: "VisibilityTimeout" | "DelaySeconds" | "Policy"): Promise<string> {
    const { Attributes } = await sqsClient(stage.cloud).send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl(), AttributeNames: [name] }),
    );
    return Attributes?.[name] ?? "";
  }

  async function suffixes(): Promise<(string | undefined)[]> {
    const { QueueConfigurations = [] } = await s3Client(stage.cloud).send(
      new GetBucketNotificationConfigurationCommand({ Bucket: String(deployment.outputs.bucket) }),
    );
    return QueueConfigurations.map(({ Filter }) => Filter?.Key?.FilterRules?.[0]?.Value);
  }

  it("has the stack's outputs, secrets opened", () => {
    expect(deployment.outputs).to.have.all.keys("bucket", "queueUrl", "secret");
    expect(deployment.outputs.secret).to.equal("open sesame");
    expect(queueUrl()).to.match(/^http:\/\/127\.0\.0\.1:\d+\/000000000000\/intake-work-[0-9a-f]{7}$/);
  });

  it("lists what became real, and what is only recorded", () => {
    const states = Object.fromEntries(deployment.resources.map(({ type, state }) => [type, state]));
    expect(states).to.deep.equal({
      "aws:sqs/queue:Queue": "deployed",
      "aws:s3/bucket:Bucket": "deployed",
      "aws:sqs/queuePolicy:QueuePolicy": "deployed",
      "aws:s3/bucketNotification:BucketNotification": "deployed",
      "aws:cloudwatch/logGroup:LogGroup": "recorded",
    });
    const queue = deployment.resources.find(({ name }) => name === "intake-work");
    expect(queue?.urn).to.equal(
      "urn:pulumi:dev::sample::sample:index:Intake$aws:sqs/queue:Queue::intake-work",
    );
  });

  it("takes the stack's values over the project's, and the project's where the stack has none", async () => {
    expect(await attribute("VisibilityTimeout")).to.equal("90");
    expect(await attribute("DelaySeconds")).to.equal("7");
    expect(await suffixes()).to.deep.equal([".jpg"]);
  });

  it("resolves what only a deployment knows before it uses it", async () => {
    const [statement] = JSON.parse(await attribute("Policy")).Statement;
    expect(statement.Condition).to.deep.equal({
      ArnEquals: { "aws:SourceArn": `arn:aws:s3:::${deployment.outputs.bucket}` },
      StringEquals: { "aws:SourceAccount": "000000000000" },
    });
  });

  it("changes nothing when nothing has changed: a notification put again would send another test event", async () => {
    const count = async () => messageCount(await queueDepth(sqsClient(stage.cloud), queueUrl()));
    expect(await count()).to.equal(1);
    await stage.deploy({ ...project, stack: "dev" });
    expect(await count()).to.equal(1);
  });

  it("finds the same things when it is deployed again, and changes only what changed", async () => {
    const before = deployment;
    project.writeStack("dev", "config:\n  sample:suffixes: [.png, .gif]\n");
    deployment = await stage.deploy({ ...project, stack: "dev" });
    expect(deployment.outputs).to.deep.equal(before.outputs);
    expect(await attribute("VisibilityTimeout")).to.equal("60");
    expect(await attribute("DelaySeconds")).to.equal("0");
    expect(await suffixes()).to.deep.equal([".png", ".gif"]);
    const { Buckets } = await s3Client(stage.cloud).send(new ListBucketsCommand({}));
    const { QueueUrls } = await sqsClient(stage.cloud).send(new ListQueuesCommand({}));
    expect([Buckets?.length, QueueUrls?.length]).to.deep.equal([1, 1]);
  });

  it("is another one in another stack", async () => {
    const other = await stage.deploy({ ...project, stack: "other" });
    expect(other.outputs.queueUrl).not.to.equal(deployment.outputs.queueUrl);
  });
});

describe("A program that goes wrong", () => {
  let stage: Stage;
  const failures = new Map<string, string>();

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    stage = await startStage();
    const stacks = [
      "throws",
      "rejects",
      "refused",
      "duplicate",
      "invoke",
      "remote",
      "gone",
      "absent",
      "secret",
    ];
    await Promise.all(stacks.map(async (stack) => failures.set(stack, await fail(stack))));
  });

  after(() => stage.close());

  async function fail(stack: string, projectDirectory = `${FIXTURES}/failing`): Promise<string> {
    const error = await rejection(stage.deploy({ projectDirectory, stack }));
    expect(error).to.be.instanceOf(DeploymentError);
    return error.message;
  }

  it("shows what it threw", async () => {
    expect(failures.get("throws")).to.equal("The settings are wrong.");
  });

  it("shows what an output of it threw", async () => {
    expect(failures.get("rejects")).to.include("An output led nowhere.");
  });

  it("shows the first refusal only, with the resource and the line that declares it", async () => {
    const message = failures.get("refused");
    expect(message).to.match(/^urn:pulumi:refused::failing::aws:sqs\/queue:Queue::too-long: /);
    expect(message).to.include("MessageRetentionPeriod");
    expect(message).to.match(/\n {2}declared at \/.*\/fixtures\/failing\/program\.ts:16$/);
    const { QueueUrls = [] } = await sqsClient(stage.cloud).send(new ListQueuesCommand({}));
    expect(QueueUrls.filter((url) => url.includes("too-long"))).to.deep.equal([]);
  });

  it("may not give two resources one name", async () => {
    const message = failures.get("duplicate");
    expect(message).to.include("aws:sqs/queue:Queue::twice: Duplicate resource URN");
    expect(message).to.match(/program\.ts:22$/);
  });

  it("may not ask what has no answer here", async () => {
    expect(failures.get("invoke")).to.equal(
      "Expected a question that has an answer on this machine, but received aws:ec2/getVpc:getVpc.",
    );
  });

  it("may not use components in other languages", async () => {
    expect(failures.get("remote")).to.include("Expected components in TypeScript");
  });

  it("has failed when it leaves without its outputs, even with exit code 0", () => {
    expect(failures.get("gone")).to.match(/still active|exit code 0/);
  });

  it("is not started without a value that it declares", async () => {
    expect(failures.get("absent")).to.equal(
      "Expected a value in Pulumi.absent.yaml for failing:how, but received none.",
    );
  });

  it("is not started with secrets, which only pulumi can read", async () => {
    expect(failures.get("secret")).to.equal(
      "Expected a plain value for failing:how in Pulumi.secret.yaml, but received a secret, which only pulumi can read.",
    );
  });

  it("is not started without a project file that can be read", async () => {
    expect(await fail("dev", FIXTURES)).to.match(/^Expected a YAML file at .*\/fixtures\/Pulumi\.yaml, /);
  });
});
