import { expect } from "chai";
import { refused } from "../refused.ts";
import { useQueue } from "../sqs/a-queue.ts";
import { useTarget } from "../target.ts";
import { useTopic } from "./a-topic.ts";

const target = useTarget();

// https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html
describe("contract: Subscribe", () => {
  const topic = useTopic(target);
  const queue = useQueue(target);
  const subscribe = (more: object) =>
    target.sns.subscribe({ TopicArn: topic.arn, Protocol: "sqs", Endpoint: queue.arn, ...more });

  it("makes a queue of the same account a subscriber at once", async () => {
    const { SubscriptionArn } = await subscribe({});
    expect(SubscriptionArn).to.match(new RegExp(`^${topic.arn}:[0-9a-f-]{36}$`));
  });

  it("answers with the same arn for the same endpoint", async () => {
    expect((await subscribe({})).SubscriptionArn).to.equal((await subscribe({})).SubscriptionArn);
  });

  it("refuses the same endpoint with other attributes", async () => {
    await subscribe({});
    expect(await refused(subscribe({ Attributes: { RawMessageDelivery: "true" } }))).to.include({
      code: "InvalidParameterException",
      status: 400,
    });
  });

  it("leaves an e-mail address pending, and says its arn only when asked", async () => {
    const Endpoint = "nobody@example.com";
    const mail = { Protocol: "email", Endpoint };
    expect((await subscribe(mail)).SubscriptionArn).to.equal("pending confirmation");
    const { SubscriptionArn } = await subscribe({ ...mail, ReturnSubscriptionArn: true });
    expect(SubscriptionArn).to.match(new RegExp(`^${topic.arn}:[0-9a-f-]{36}$`));
    const { Attributes } = await target.sns.getSubscriptionAttributes({ SubscriptionArn });
    expect(Attributes).to.include({ Protocol: "email", Endpoint, PendingConfirmation: "true" });
    const { Subscriptions = [] } = await target.sns.listSubscriptionsByTopic({ TopicArn: topic.arn });
    expect(Subscriptions.find((each) => each.Endpoint === Endpoint)?.SubscriptionArn).to.equal(
      "PendingConfirmation",
    );
    const { Attributes: ofTopic } = await target.sns.getTopicAttributes({ TopicArn: topic.arn });
    expect(ofTopic?.SubscriptionsPending).to.equal("1");
  });

  const wrong: Record<string, object> = {
    "a protocol that there is not": { Protocol: "pigeon" },
    "a queue's URL": { Endpoint: "https://sqs.us-east-1.amazonaws.com/000000000000/queue" },
    "an address without @": { Protocol: "email", Endpoint: "nobody" },
    "an attribute that subscriptions do not have": { Attributes: { Colour: "red" } },
    "what is no boolean for RawMessageDelivery": { Attributes: { RawMessageDelivery: "perhaps" } },
    "a topic that is no arn": { TopicArn: "topic" },
  };
  for (const [what, more] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await refused(subscribe(more))).to.include({ code: "InvalidParameterException", status: 400 });
    });
  }

  it("refuses a queue that is not there", async () => {
    expect(await refused(subscribe({ Endpoint: `${queue.arn}-not` }))).to.include({ status: 400 });
  });

  it("refuses a topic that is not there", async () => {
    expect(await refused(subscribe({ TopicArn: `${topic.arn}-not` }))).to.include({
      code: "NotFoundException",
      status: 404,
    });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_GetSubscriptionAttributes.html
describe("contract: attributes of subscriptions", () => {
  const topic = useTopic(target);

  it("say what is subscribed to what", async () => {
    const { arn, queue } = await topic.subscribe();
    const { Attributes } = await target.sns.getSubscriptionAttributes({ SubscriptionArn: arn });
    expect(Attributes).to.include({
      SubscriptionArn: arn,
      TopicArn: topic.arn,
      Protocol: "sqs",
      Endpoint: queue.arn,
      Owner: topic.arn.split(":")[4],
      PendingConfirmation: "false",
      RawMessageDelivery: "false",
    });
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html
  it("change, and a filter is for attributes unless another scope is set", async () => {
    const { arn: SubscriptionArn } = await topic.subscribe();
    const set = (AttributeName: string, AttributeValue: string) =>
      target.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue });
    const attributes = async () =>
      (await target.sns.getSubscriptionAttributes({ SubscriptionArn })).Attributes ?? {};
    await set("RawMessageDelivery", "true");
    await set("FilterPolicy", '{"kind":["cat"]}');
    expect(await attributes()).to.include({
      RawMessageDelivery: "true",
      FilterPolicy: '{"kind":["cat"]}',
      FilterPolicyScope: "MessageAttributes",
    });
    await set("FilterPolicyScope", "MessageBody");
    expect((await attributes()).FilterPolicyScope).to.equal("MessageBody");
    await set("FilterPolicy", "{}");
    expect(await attributes()).not.to.have.property("FilterPolicy");
  });

  for (const [AttributeName, AttributeValue] of [
    ["Colour", "red"],
    ["RawMessageDelivery", "perhaps"],
    ["FilterPolicyScope", "Everything"],
    ["RedrivePolicy", '{"deadLetterTargetArn":"queue"}'],
    ["RedrivePolicy", "queue"],
    ["FilterPolicy", "cat"],
  ] as const) {
    it(`refuse ${AttributeName} ${AttributeValue}`, async () => {
      const { arn: SubscriptionArn } = await topic.subscribe();
      const set = target.sns.setSubscriptionAttributes({ SubscriptionArn, AttributeName, AttributeValue });
      expect(await refused(set)).to.include({ code: "InvalidParameterException", status: 400 });
    });
  }

  it("are not there for a subscription that is not", async () => {
    const SubscriptionArn = `${topic.arn}:00000000-0000-0000-0000-000000000000`;
    expect(await refused(target.sns.getSubscriptionAttributes({ SubscriptionArn }))).to.include({
      code: "NotFoundException",
      status: 404,
    });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptions.html
describe("contract: lists of subscriptions", () => {
  const topic = useTopic(target);

  it("have those of a topic, and those of all", async () => {
    const { arn, queue } = await topic.subscribe();
    const expected = {
      SubscriptionArn: arn,
      Owner: topic.arn.split(":")[4],
      Protocol: "sqs",
      Endpoint: queue.arn,
      TopicArn: topic.arn,
    };
    const { Subscriptions } = await target.sns.listSubscriptionsByTopic({ TopicArn: topic.arn });
    expect(Subscriptions).to.deep.equal([expected]);
    const all: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await target.sns.listSubscriptions({ ...(NextToken && { NextToken }) });
      all.push(...(page.Subscriptions ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(all).to.deep.include(expected);
  });

  it("are of topics that are there", async () => {
    const gone = target.sns.listSubscriptionsByTopic({ TopicArn: `${topic.arn}-not` });
    expect(await refused(gone)).to.include({ code: "NotFoundException", status: 404 });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_Unsubscribe.html
describe("contract: Unsubscribe", () => {
  const topic = useTopic(target);

  it("ends a subscription, and says nothing when it has ended", async () => {
    const subscriber = await topic.subscribe();
    await target.sns.unsubscribe({ SubscriptionArn: subscriber.arn });
    await target.sns.unsubscribe({ SubscriptionArn: subscriber.arn });
    const other = await topic.subscribe();
    await target.sns.publish({ TopicArn: topic.arn, Message: "x" });
    await other.receive();
    expect(await subscriber.queue.peek()).to.deep.equal([]);
  });

  it("refuses what is no arn", async () => {
    expect(await refused(target.sns.unsubscribe({ SubscriptionArn: "PendingConfirmation" }))).to.include({
      code: "InvalidParameterException",
      status: 400,
    });
  });
});
