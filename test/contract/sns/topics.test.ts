import { expect } from "chai";
import { refused } from "../refused.ts";
import { element, sendSigned } from "../signed.ts";
import { newName, useTarget } from "../target.ts";
import { useTopic } from "./a-topic.ts";

const target = useTarget();

// https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
describe("contract: CreateTopic", () => {
  const topic = useTopic(target);

  it("answers with an arn that ends in the name", () => {
    expect(topic.arn).to.match(new RegExp(`^arn:aws:sns:${target.region}:\\d{12}:${topic.name}$`));
  });

  it("answers with the same arn for a topic that is there", async () => {
    expect((await target.sns.createTopic({ Name: topic.name })).TopicArn).to.equal(topic.arn);
  });

  it("refuses a topic that is there with other attributes", async () => {
    const again = target.sns.createTopic({ Name: topic.name, Attributes: { DisplayName: "another" } });
    expect(await refused(again)).to.include({ code: "InvalidParameterException", status: 400 });
  });

  it("refuses a topic that is there with other tags", async () => {
    const again = target.sns.createTopic({ Name: topic.name, Tags: [{ Key: "a", Value: "1" }] });
    expect(await refused(again)).to.include({ code: "InvalidParameterException", status: 400 });
  });

  for (const Name of ["", "with space", "x".repeat(257), "a.b"]) {
    it(`refuses the name ${JSON.stringify(Name.slice(0, 12))}`, async () => {
      expect(await refused(target.sns.createTopic({ Name }))).to.include({ status: 400 });
    });
  }

  it("refuses an attribute that topics do not have", async () => {
    const strange = target.sns.createTopic({ Name: newName(), Attributes: { Colour: "red" } });
    expect(await refused(strange)).to.include({ code: "InvalidParameterException", status: 400 });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_DeleteTopic.html
describe("contract: DeleteTopic", () => {
  it("deletes a topic and its subscriptions, and is idempotent", async () => {
    const { TopicArn = "" } = await target.sns.createTopic({ Name: newName() });
    await target.sns.deleteTopic({ TopicArn });
    expect(await refused(target.sns.getTopicAttributes({ TopicArn }))).to.include({
      code: "NotFoundException",
      status: 404,
    });
    await target.sns.deleteTopic({ TopicArn });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html
describe("contract: ListTopics", () => {
  const topic = useTopic(target);

  it("lists a topic, in pages of a hundred", async () => {
    const arns: (string | undefined)[] = [];
    let NextToken: string | undefined;
    do {
      const page = await target.sns.listTopics({ ...(NextToken && { NextToken }) });
      expect(page.Topics).to.have.length.at.most(100);
      arns.push(...(page.Topics ?? []).map(({ TopicArn }) => TopicArn));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(arns).to.include(topic.arn);
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
describe("contract: attributes of topics", () => {
  const topic = useTopic(target);
  const attributes = async () =>
    (await target.sns.getTopicAttributes({ TopicArn: topic.arn })).Attributes ?? {};
  const set = (AttributeName: string, AttributeValue: string, TopicArn = topic.arn) =>
    target.sns.setTopicAttributes({ TopicArn, AttributeName, AttributeValue });

  it("say who owns it, and how many subscribe", async () => {
    const account = topic.arn.split(":")[4];
    expect(await attributes()).to.include({
      TopicArn: topic.arn,
      Owner: account,
      DisplayName: "",
      SubscriptionsConfirmed: "0",
      SubscriptionsPending: "0",
      SubscriptionsDeleted: "0",
    });
    await topic.subscribe();
    expect((await attributes()).SubscriptionsConfirmed).to.equal("1");
  });

  it("have a policy for the owner, until another is set", async () => {
    const [statement] = JSON.parse((await attributes()).Policy ?? "{}").Statement;
    expect(statement).to.include({ Effect: "Allow", Resource: topic.arn });
    expect(statement.Condition).to.deep.equal({
      StringEquals: { "AWS:SourceOwner": topic.arn.split(":")[4] },
    });
  });

  // https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html
  it("change", async () => {
    await set("DisplayName", "Photos");
    expect((await attributes()).DisplayName).to.equal("Photos");
  });

  it("refuse what topics do not have", async () => {
    expect(await refused(set("Colour", "red"))).to.include({
      code: "InvalidParameterException",
      status: 400,
    });
  });

  it("refuse a policy that is none", async () => {
    expect(await refused(set("Policy", "{}"))).to.include({ code: "InvalidParameterException", status: 400 });
  });

  it("are not there for a topic that is not", async () => {
    expect(await refused(set("DisplayName", "x", `${topic.arn}-not`))).to.include({
      code: "NotFoundException",
      status: 404,
    });
  });

  it("refuse what is no arn", async () => {
    expect(await refused(set("DisplayName", "x", "topic"))).to.include({
      code: "InvalidParameterException",
      status: 400,
    });
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_TagResource.html
describe("contract: tags of topics", () => {
  const topic = useTopic(target);

  it("are added, replaced, listed and removed", async () => {
    const ResourceArn = topic.arn;
    const tags = async () =>
      Object.fromEntries(
        ((await target.sns.listTagsForResource({ ResourceArn })).Tags ?? []).map(({ Key, Value }) => [
          Key,
          Value,
        ]),
      );
    await target.sns.tagResource({ ResourceArn, Tags: [{ Key: "a", Value: "1" }] });
    const Tags = [
      { Key: "a", Value: "2" },
      { Key: "b & c", Value: "3" },
    ];
    await target.sns.tagResource({ ResourceArn, Tags });
    expect(await tags()).to.deep.equal({ a: "2", "b & c": "3" });
    await target.sns.untagResource({ ResourceArn, TagKeys: ["a", "none"] });
    expect(await tags()).to.deep.equal({ "b & c": "3" });
  });

  it("are at most fifty", async () => {
    const Tags = Array.from({ length: 51 }, (_, index) => ({ Key: `key-${index}`, Value: "x" }));
    expect(await refused(target.sns.tagResource({ ResourceArn: topic.arn, Tags }))).to.include({
      code: "TagLimitExceededException",
      status: 400,
    });
  });
});

// https://docs.aws.amazon.com/sns/latest/dg/sns-making-api-requests.html
describe("contract: the query protocol of SNS", () => {
  const topic = useTopic(target);
  const call = (form: Record<string, string>) =>
    sendSigned(target, {
      service: "sns",
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: new URLSearchParams({ Version: "2010-03-31", ...form }).toString(),
    });

  it("names the answer and the result after the action, in the namespace of SNS", async () => {
    const { status, text } = await call({
      Action: "TagResource",
      ResourceArn: topic.arn,
      "Tags.member.1.Key": "by",
      "Tags.member.1.Value": "form",
    });
    expect(status).to.equal(200);
    expect(text).to.include('<TagResourceResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">');
    const { Tags } = await target.sns.listTagsForResource({ ResourceArn: topic.arn });
    expect(Tags).to.deep.equal([{ Key: "by", Value: "form" }]);
  });

  it("reads maps and lists with their elements", async () => {
    const subscriber = await topic.subscribe({ RawMessageDelivery: "true" });
    const { text } = await call({
      Action: "Publish",
      TopicArn: topic.arn,
      Message: "a & b <c> ü",
      "MessageAttributes.entry.1.Name": "kind",
      "MessageAttributes.entry.1.Value.DataType": "String",
      "MessageAttributes.entry.1.Value.StringValue": "form",
    });
    expect(element("MessageId", text)).to.match(/^[0-9a-f-]{36}$/);
    const [message] = await subscriber.receive();
    expect(message?.Body).to.equal("a & b <c> ü");
    expect(message?.MessageAttributes?.kind?.StringValue).to.equal("form");
  });

  it("says what is wrong, and whose fault it is", async () => {
    const { status, text } = await call({ Action: "Publish", TopicArn: `${topic.arn}-not`, Message: "x" });
    expect(status).to.equal(404);
    expect([element("Type", text), element("Code", text)]).to.deep.equal(["Sender", "NotFound"]);
  });

  it("refuses an action that there is not", async () => {
    const { status, text } = await call({ Action: "Whisper" });
    expect(status).to.equal(400);
    expect(element("Code", text)).to.equal("InvalidAction");
  });
});
