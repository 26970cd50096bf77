import { DynamoDB } from "@aws-sdk/client-dynamodb";
import {
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  SNSClient,
} from "@aws-sdk/client-sns";
import { expect } from "chai";
import type { Deployment } from "../../../local/deployer/deploy.ts";
import { connection } from "../../support/local-cloud.ts";
import {
  copyProject,
  FIXTURES,
  type ProjectCopy,
  SEVERAL_PROGRAMS_MS,
  type Stage,
  startStage,
} from "./a-deployment.ts";

describe("Topics and tables deployed to the local cloud", () => {
  let stage: Stage;
  let project: ProjectCopy;
  let first: Deployment;
  let sns: SNSClient;

  before(async function () {
    this.timeout(SEVERAL_PROGRAMS_MS);
    stage = await startStage();
    sns = new SNSClient(connection(stage.cloud));
    project = copyProject(`${FIXTURES}/topic-and-table`, "program.ts");
    first = await deploy(
      '  sample:readers: [{ name: all }, { name: some, filterPolicy: \'{"kind":["cat"]}\' }]\n',
    );
  });

  after(async () => {
    project.remove();
    await stage.close();
  });

  function deploy(settings: string): Promise<Deployment> {
    project.writeStack("dev", `config:\n${settings}`);
    return stage.deploy({ ...project, stack: "dev" });
  }

  const TopicArn = () => String(first.outputs.topicArn);

  /** By the name of the reader: the filter of each subscription. */
  async function subscriptions(): Promise<Record<string, string | undefined>> {
    const { Subscriptions = [] } = await sns.send(
      new ListSubscriptionsByTopicCommand({ TopicArn: TopicArn() }),
    );
    const found: [string, string | undefined][] = [];
    for (const { SubscriptionArn, Endpoint = "" } of Subscriptions) {
      const [, name = Endpoint] = /([a-z]+)-[0-9a-f]+$/.exec(Endpoint) ?? [];
      const { Attributes } = SubscriptionArn?.startsWith("arn:")
        ? await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
        : { Attributes: { FilterPolicy: SubscriptionArn ?? "" } };
      found.push([name, Attributes?.FilterPolicy]);
    }
    return Object.fromEntries(found);
  }

  it("have the settings, tags, policy and subscriptions that the program declares", async () => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: TopicArn() }));
    const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn: TopicArn() }));
    expect(Attributes?.DisplayName).to.equal("News");
    expect(JSON.parse(Attributes?.Policy ?? "").Statement[0].Principal.Service).to.equal(
      "cloudwatch.amazonaws.com",
    );
    expect(Tags).to.deep.equal([{ Key: "for", Value: "readers" }]);
    expect(await subscriptions()).to.deep.equal({
      all: undefined,
      some: '{"kind":["cat"]}',
      "a@example.com": "PendingConfirmation",
    });
  });

  it("are listed as deployed, and a subscription that waits for a mail that is never sent as recorded", () => {
    const states = first.resources.map(({ type, name, state }) => `${type.split(":")[2]} ${name} ${state}`);
    expect(states.filter((state) => state.startsWith("Topic"))).to.have.members([
      "Topic news deployed",
      "TopicPolicy news deployed",
      "TopicSubscription mail recorded",
      "TopicSubscription all deployed",
      "TopicSubscription some deployed",
    ]);
  });

  it("have the keys, indexes, settings and tags that the program declares", async () => {
    const dynamodb = new DynamoDB(connection(stage.cloud));
    const TableName = String(first.outputs.tableName);
    const { Table } = await dynamodb.describeTable({ TableName });
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).to.deep.equal(["set", "name"]);
    expect(Table?.GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.deep.equal(["by-kind"]);
    expect(Table?.SSEDescription?.Status).to.equal("ENABLED");
    const { ContinuousBackupsDescription } = await dynamodb.describeContinuousBackups({ TableName });
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus).to.equal(
      "ENABLED",
    );
    const { Tags } = await dynamodb.listTagsOfResource({ ResourceArn: Table?.TableArn });
    expect(Tags).to.deep.equal([{ Key: "for", Value: "photos" }]);
    await dynamodb.putItem({ TableName, Item: { set: { S: "a" }, name: { S: "b" } } });
  });

  it("change with the program, and end the subscriptions it does not declare any more", async () => {
    const policy = `{"image":{"kind":["dog"]}}`;
    const second = await deploy(
      `  sample:displayName: Old news\n  sample:expires: true\n  sample:readers: [{ name: some, filterPolicy: '${policy}', filterPolicyScope: MessageBody }]\n`,
    );
    expect(second.outputs).to.deep.equal(first.outputs);
    expect(await subscriptions()).to.deep.equal({ some: policy, "a@example.com": "PendingConfirmation" });
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: TopicArn() }));
    expect(Attributes?.DisplayName).to.equal("Old news");
    const dynamodb = new DynamoDB(connection(stage.cloud));
    const TableName = String(second.outputs.tableName);
    const { TimeToLiveDescription } = await dynamodb.describeTimeToLive({ TableName });
    expect(TimeToLiveDescription).to.deep.equal({ TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
    expect((await dynamodb.scan({ TableName })).Count).to.equal(1);
    const third = await deploy("  sample:readers: [{ name: some }]\n");
    expect(third.outputs).to.deep.equal(first.outputs);
    expect(await subscriptions()).to.deep.equal({ some: undefined, "a@example.com": "PendingConfirmation" });
  }).timeout(SEVERAL_PROGRAMS_MS);
});
