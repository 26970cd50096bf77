import { expect } from "chai";
import { refused } from "../refused.ts";
import { sendSigned } from "../signed.ts";
import { useQueues } from "../sqs/a-queue.ts";
import { useTarget } from "../target.ts";
import { allowTopic, subscriberOf, useTopic } from "./a-topic.ts";

const target = useTarget();

// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
describe("contract: Publish", () => {
  const topic = useTopic(target);
  const publish = (more: object) => target.sns.publish({ TopicArn: topic.arn, Message: "hello", ...more });
  const attribute = (DataType: string, StringValue = "x") => ({ DataType, StringValue });

  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
  it("delivers an envelope with the message, its subject and its attributes", async () => {
    const subscriber = await topic.subscribe();
    const { MessageId } = await publish({
      Subject: "A subject",
      Message: 'quotes " and ümlauts 🖼',
      MessageAttributes: {
        kind: attribute("String", "cat"),
        size: attribute("Number", "12.5"),
        bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255]) },
      },
    });
    const { Timestamp, Signature, SigningCertURL, UnsubscribeURL, ...rest } = await subscriber.notification();
    expect(rest).to.deep.equal({
      Type: "Notification",
      MessageId,
      TopicArn: topic.arn,
      Subject: "A subject",
      Message: 'quotes " and ümlauts 🖼',
      SignatureVersion: "1",
      MessageAttributes: {
        kind: { Type: "String", Value: "cat" },
        size: { Type: "Number", Value: "12.5" },
        bytes: { Type: "Binary", Value: "AP8=" },
      },
    });
    expect(Timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect([typeof Signature, SigningCertURL, UnsubscribeURL].join(" ")).to.match(
      /^string https:\S+ https:\S+$/,
    );
  });

  // https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
  it("delivers the message as it is to who wants it raw, with attributes of the queue's own kind", async () => {
    const subscriber = await topic.subscribe({ RawMessageDelivery: "true" });
    await publish({ Message: "raw", MessageAttributes: { kind: attribute("String", "cat") } });
    const [message] = await subscriber.receive();
    expect(message?.Body).to.equal("raw");
    expect(message?.MessageAttributes?.kind).to.include({ DataType: "String", StringValue: "cat" });
  });

  // https://docs.aws.amazon.com/sns/latest/dg/sns-active-tracing.html
  it("passes on the trace that the publisher came with", async () => {
    const subscriber = await topic.subscribe();
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793";
    const { status } = await sendSigned(target, {
      service: "sns",
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "x-amzn-trace-id": trace },
      body: new URLSearchParams({ Action: "Publish", TopicArn: topic.arn, Message: "traced" }).toString(),
    });
    expect(status).to.equal(200);
    const [message] = await subscriber.queue.receive({
      MessageSystemAttributeNames: ["AWSTraceHeader"],
      WaitTimeSeconds: 5,
    });
    expect(message?.Attributes).to.deep.equal({ AWSTraceHeader: trace });
  });

  it("does not deliver a raw message with more than ten attributes", async () => {
    const raw = await topic.subscribe({ RawMessageDelivery: "true" });
    const wrapped = await topic.subscribe();
    const eleven = Array.from({ length: 11 }, (_, index) => [`name-${index}`, attribute("String")]);
    await publish({ MessageAttributes: Object.fromEntries(eleven) });
    expect(Object.keys((await wrapped.notification()).MessageAttributes as object)).to.have.length(11);
    expect(await raw.queue.peek()).to.deep.equal([]);
  });

  it("gives each protocol its own text, and the others the default", async () => {
    const subscriber = await topic.subscribe();
    const Message = JSON.stringify({ default: "for all", sqs: "for queues" });
    await publish({ Message, MessageStructure: "json" });
    expect((await subscriber.notification()).Message).to.equal("for queues");
    await publish({ Message: JSON.stringify({ default: "for all" }), MessageStructure: "json" });
    expect((await subscriber.notification()).Message).to.equal("for all");
  });

  it("delivers to every subscriber", async () => {
    const subscribers = [await topic.subscribe(), await topic.subscribe()];
    await publish({ Message: "to all" });
    for (const subscriber of subscribers)
      expect((await subscriber.notification()).Message).to.equal("to all");
  });

  it("takes a message of 256 KB", async () => {
    const subscriber = await topic.subscribe({ RawMessageDelivery: "true" });
    await publish({ Message: "x".repeat(262_144) });
    expect((await subscriber.receive())[0]?.Body).to.have.length(262_144);
  });

  const wrong: Record<string, object> = {
    "an empty message": { Message: "" },
    "a message of more than 256 KB": { Message: "x".repeat(262_145) },
    "a message that is too long with its attributes": {
      Message: "x".repeat(262_140),
      MessageAttributes: { kind: attribute("String", "12345") },
    },
    "an empty subject": { Subject: "" },
    "a subject of more than a hundred characters": { Subject: "x".repeat(101) },
    "a subject with a line end": { Subject: "one\ntwo" },
    "a structure that is no JSON": { Message: "no", MessageStructure: "json" },
    "a structure without a default": { Message: '{"sqs":"x"}', MessageStructure: "json" },
    "a topic that is no arn": { TopicArn: "topic" },
  };
  for (const [what, more] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await refused(publish(more))).to.include({ code: "InvalidParameterException", status: 400 });
    });
  }

  it("refuses a topic that is not there", async () => {
    expect(await refused(publish({ TopicArn: `${topic.arn}-not` }))).to.include({
      code: "NotFoundException",
      status: 404,
    });
  });

  // https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html
  const wrongAttributes: Record<string, object> = {
    "an attribute of an unknown type": { a: attribute("Colour") },
    "an attribute without a value": { a: { DataType: "String" } },
    "text as a Binary": { a: attribute("Binary") },
    "a name that starts with a dot": { ".a": attribute("String") },
    "a name with two dots": { "a..b": attribute("String") },
    "a name with a space": { "a b": attribute("String") },
    "a name of 257 characters": { ["a".repeat(257)]: attribute("String") },
  };
  for (const [what, MessageAttributes] of Object.entries(wrongAttributes)) {
    it(`refuses ${what}`, async () => {
      expect(await refused(publish({ MessageAttributes }))).to.include({
        code: "InvalidParameterValueException",
        status: 400,
      });
    });
  }
});

// https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
describe("contract: what cannot be delivered", () => {
  const topic = useTopic(target);
  const queues = useQueues(target);

  it("is lost to a queue that does not allow the topic, and the publisher does not hear of it", async () => {
    const closed = await queues();
    await target.sns.subscribe({ TopicArn: topic.arn, Protocol: "sqs", Endpoint: closed.arn });
    const open = await topic.subscribe();
    await target.sns.publish({ TopicArn: topic.arn, Message: "x" });
    await open.receive();
    expect(await closed.peek()).to.deep.equal([]);
  });

  it("is lost to a queue that takes no message of that size", async () => {
    const small = await topic.subscribe();
    await small.queue.set({ MaximumMessageSize: "1024" });
    const large = await topic.subscribe();
    await target.sns.publish({ TopicArn: topic.arn, Message: "x".repeat(1024) });
    await large.receive();
    expect(await small.queue.peek()).to.deep.equal([]);
  });

  it("goes to the subscription's dead-letter queue", async () => {
    const closed = await queues();
    const dead = await queues();
    await allowTopic(dead, topic.arn);
    const { SubscriptionArn = "" } = await target.sns.subscribe({
      TopicArn: topic.arn,
      Protocol: "sqs",
      Endpoint: closed.arn,
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }) },
    });
    await target.sns.publish({ TopicArn: topic.arn, Message: "x" });
    expect((await subscriberOf(dead, SubscriptionArn).notification()).Message).to.equal("x");
  });
});

// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
describe("contract: PublishBatch", () => {
  const topic = useTopic(target);
  const batch = (PublishBatchRequestEntries: { Id: string; Message: string }[], TopicArn = topic.arn) =>
    target.sns.publishBatch({ TopicArn, PublishBatchRequestEntries });
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ Id: `id-${index}`, Message: `message ${index}` }));

  it("publishes ten, and answers for each", async () => {
    const subscriber = await topic.subscribe({ RawMessageDelivery: "true" });
    const { Successful = [], Failed = [] } = await batch(entries(10));
    expect(Successful.map(({ Id }) => Id)).to.have.members(entries(10).map(({ Id }) => Id));
    expect(Failed).to.deep.equal([]);
    const bodies = (await subscriber.receive(10)).map(({ Body }) => Body);
    expect(bodies).to.have.members(entries(10).map(({ Message }) => Message));
  });

  it("publishes the good ones and reports the bad", async () => {
    const subscriber = await topic.subscribe({ RawMessageDelivery: "true" });
    const { Successful, Failed } = await batch([
      { Id: "good", Message: "x" },
      { Id: "bad", Message: "" },
    ]);
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).to.deep.equal([
      ["bad", "InvalidParameter", true],
    ]);
    expect((await subscriber.receive()).map(({ Body }) => Body)).to.deep.equal(["x"]);
  });

  const wrong: Record<string, [code: string, entries: { Id: string; Message: string }[]]> = {
    "eleven entries": ["TooManyEntriesInBatchRequestException", entries(11)],
    "two entries of one id": ["BatchEntryIdsNotDistinctException", [...entries(1), ...entries(1)]],
    "an id with a dot": ["InvalidBatchEntryIdException", [{ Id: "a.b", Message: "x" }]],
    "more than 256 KB altogether": [
      "BatchRequestTooLongException",
      entries(2).map(({ Id }) => ({ Id, Message: "x".repeat(131_073) })),
    ],
  };
  for (const [what, [code, given]] of Object.entries(wrong)) {
    it(`refuses ${what}`, async () => {
      expect(await refused(batch(given))).to.include({ code, status: 400 });
    });
  }

  it("refuses a topic that is not there", async () => {
    expect(await refused(batch(entries(1), `${topic.arn}-not`))).to.include({
      code: "NotFoundException",
      status: 404,
    });
  });
});
