// What the contract suite cannot ask of AWS: roles, restarts, and days that pass.
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import * as v from "valibot";
import type { Cloud } from "../../../local/cloud.ts";
import { createFaults } from "../../../local/faults/faults.ts";
import { FaultPlanSchema } from "../../../local/faults/plan.ts";
import type { Credentials } from "../../../local/iam/iam.ts";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";

const ROLE = "arn:aws:iam::000000000000:role/worker";
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const text = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const clients = (cloud: Cloud, credentials: Credentials = cloud.iam.rootCredentials) => ({
  sns: new SNS({ ...connection(cloud), credentials }),
  sqs: new SQS({ ...connection(cloud), credentials }),
});

/** A topic, and a queue that receives from it. */
async function subscribedQueue({ sns, sqs }: ReturnType<typeof clients>) {
  const { TopicArn = "" } = await sns.createTopic({ Name: "news" });
  const { QueueUrl } = await sqs.createQueue({ QueueName: "readers" });
  const Endpoint = "arn:aws:sqs:us-east-1:000000000000:readers";
  const statement = {
    Effect: "Allow",
    Principal: { Service: "sns.amazonaws.com" },
    Action: "sqs:SendMessage",
    Condition: { ArnEquals: { "aws:SourceArn": TopicArn } },
  };
  await sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: text(statement) } });
  const { SubscriptionArn = "" } = await sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint });
  return { TopicArn, QueueUrl, Endpoint, SubscriptionArn };
}

describe("permissions on topics", () => {
  let cloud: TestCloud;
  let TopicArn = "";
  let SubscriptionArn = "";
  let Endpoint = "";

  before(async () => {
    cloud = await startTestCloud();
    ({ TopicArn, SubscriptionArn, Endpoint } = await subscribedQueue(clients(cloud)));
  });
  after(() => cloud.stop());

  function worker(Action: string, more: object = {}): SNS {
    cloud.iam.putRole(ROLE, text(TRUST));
    cloud.iam.putRolePolicy(ROLE, "inline", text({ Effect: "Allow", Action, Resource: "*", ...more }));
    return clients(cloud, cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "session")).sns;
  }
  const refusal = async (promise: Promise<unknown>) => {
    const { name, $metadata } = (await rejection(promise)) as Error & {
      $metadata?: { httpStatusCode?: number };
    };
    return [name, $metadata?.httpStatusCode];
  };

  const operations: Record<string, (sns: SNS) => Promise<unknown>> = {
    "sns:CreateTopic": (sns) => sns.createTopic({ Name: "another" }),
    "sns:ListTopics": (sns) => sns.listTopics(),
    "sns:GetTopicAttributes": (sns) => sns.getTopicAttributes({ TopicArn }),
    "sns:SetTopicAttributes": (sns) =>
      sns.setTopicAttributes({ TopicArn, AttributeName: "DisplayName", AttributeValue: "x" }),
    "sns:Subscribe": (sns) => sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint }),
    "sns:ListSubscriptions": (sns) => sns.listSubscriptions(),
    "sns:ListSubscriptionsByTopic": (sns) => sns.listSubscriptionsByTopic({ TopicArn }),
    "sns:GetSubscriptionAttributes": (sns) => sns.getSubscriptionAttributes({ SubscriptionArn }),
    "sns:SetSubscriptionAttributes": (sns) =>
      sns.setSubscriptionAttributes({
        SubscriptionArn,
        AttributeName: "RawMessageDelivery",
        AttributeValue: "false",
      }),
    "sns:Publish": async (sns) => {
      await sns.publish({ TopicArn, Message: "x" });
      await sns.publishBatch({ TopicArn, PublishBatchRequestEntries: [{ Id: "a", Message: "x" }] });
    },
    "sns:TagResource": (sns) => sns.tagResource({ ResourceArn: TopicArn, Tags: [{ Key: "a", Value: "1" }] }),
    "sns:UntagResource": (sns) => sns.untagResource({ ResourceArn: TopicArn, TagKeys: ["a"] }),
    "sns:ListTagsForResource": (sns) => sns.listTagsForResource({ ResourceArn: TopicArn }),
    "sns:Unsubscribe": (sns) => sns.unsubscribe({ SubscriptionArn: `${TopicArn}:none` }),
    "sns:DeleteTopic": (sns) => sns.deleteTopic({ TopicArn: `${TopicArn}-none` }),
  };
  for (const [action, operate] of Object.entries(operations)) {
    it(`are asked for ${action}`, async () => {
      expect(await refusal(operate(worker("sts:*")))).to.deep.equal(["AuthorizationErrorException", 403]);
      await operate(worker(action));
    });
  }

  it("may depend on who subscribes how", async () => {
    const sns = worker("sns:Subscribe", { Condition: { StringEquals: { "sns:Protocol": "sqs" } } });
    await sns.subscribe({ TopicArn, Protocol: "sqs", Endpoint });
    const mail = sns.subscribe({ TopicArn, Protocol: "email", Endpoint: "a@b" });
    expect(await refusal(mail)).to.deep.equal(["AuthorizationErrorException", 403]);
  });

  it("are given by the topic's policy, and taken away", async () => {
    const { sns: root } = clients(cloud);
    const set = (Effect: string) =>
      root.setTopicAttributes({
        TopicArn,
        AttributeName: "Policy",
        AttributeValue: text({ Effect, Principal: { AWS: ROLE }, Action: "SNS:Publish", Resource: TopicArn }),
      });
    const publish = (sns: SNS) => sns.publish({ TopicArn, Message: "x" });
    await set("Allow");
    await publish(worker("sts:*"));
    await set("Deny");
    expect(await refusal(publish(worker("sns:*")))).to.deep.equal(["AuthorizationErrorException", 403]);
  });

  it("are nobody's whose signature is not known", async () => {
    const stranger = clients(cloud, { accessKeyId: "stranger", secretAccessKey: "x" });
    expect(await refusal(stranger.sns.listTopics())).to.deep.equal(["InvalidClientTokenId", 403]);
  });
});

describe("topics", () => {
  it("are there after a restart, with what was published", async () => {
    const before = await startTestCloud();
    const { dataDirectory } = before;
    const { TopicArn } = await subscribedQueue(clients(before));
    await clients(before).sns.publish({ TopicArn, Message: "before" });
    await before.stop({ keepsData: true });
    const cloud = await startTestCloud({ dataDirectory });
    const { sns, sqs } = clients(cloud);
    await sns.publish({ TopicArn, Message: "after" });
    const QueueUrl = `${cloud.endpoint}/000000000000/readers`;
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
    expect(Messages.map(({ Body = "" }) => JSON.parse(Body).Message)).to.deep.equal(["before", "after"]);
    await cloud.stop();
  });

  it("forget an address that nobody confirms within two days", async () => {
    let nowMs = Date.now();
    const cloud = await startTestCloud({ now: () => nowMs });
    const config = { ...connection(cloud), credentials: cloud.iam.rootCredentials };
    const { TopicArn = "" } = await new SNS(config).createTopic({ Name: "news" });
    const list = async (offsetMs: number) => {
      nowMs += offsetMs;
      const sns = new SNS({ ...config, systemClockOffset: nowMs - Date.now() });
      return (await sns.listSubscriptionsByTopic({ TopicArn })).Subscriptions?.length;
    };
    await new SNS(config).subscribe({ TopicArn, Protocol: "email", Endpoint: "a@b" });
    expect(await list(48 * 3_600_000)).to.equal(1);
    expect(await list(1)).to.equal(0);
    await cloud.stop();
  });

  it("deliver twice what the fault plan announces twice", async () => {
    const faults = createFaults(v.parse(FaultPlanSchema, { seed: 1, duplicate: 1, late: 0 }));
    const cloud = await startTestCloud({ faults });
    const { sns, sqs } = clients(cloud);
    const { TopicArn, QueueUrl } = await subscribedQueue({ sns, sqs });
    await sns.publish({ TopicArn, Message: "x" });
    const { Messages } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
    expect(Messages).to.have.length(2);
    await cloud.stop();
  });
});
