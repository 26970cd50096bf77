import { createHash } from "node:crypto";
import { expect } from "chai";
import { until } from "../../support/until.ts";
import { refused } from "../refused.ts";
import { sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();
const INVALID = { code: "InvalidParameterValue", status: 400 };
const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** The SDK names unmodelled errors as the JSON protocol does. */
const isInvalidParameter = ({ code, status }: { code: string; status: number | undefined }) =>
  status === INVALID.status && code.startsWith(INVALID.code);

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
describe("contract: SendMessage", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);

  it("answers with an id and the MD5 of the body", async () => {
    const { MessageId, MD5OfMessageBody } = await queue.send("hello");
    expect(MessageId).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
    expect(MD5OfMessageBody).to.equal(md5("hello"));
    await queue.receive();
  });

  for (const body of ["umlauts äöü ☃ 🎞️", "<xml>&amp;\"'", '{"json":true}', "line\r\nend\ttab", " "]) {
    it(`carries ${JSON.stringify(body)} unchanged`, async () => {
      const other = await queues();
      await other.send(body);
      const [message] = await other.receive();
      expect(message?.Body).to.equal(body);
      expect(message?.MD5OfBody).to.equal(md5(body));
    });
  }

  it("takes a mebibyte and refuses a byte more", async () => {
    const other = await queues();
    await other.send("x".repeat(1_048_576));
    expect((await other.receive())[0]?.Body).to.have.length(1_048_576);
    expect(await refused(other.send("x".repeat(1_048_577)))).to.satisfy(isInvalidParameter);
  });

  it("counts attributes against the queue's own maximum", async () => {
    const other = await queues({ MaximumMessageSize: "1024" });
    const MessageAttributes = { name: { DataType: "String", StringValue: "value" } };
    const rest = 1024 - "name".length - "String".length - "value".length;
    await other.send("x".repeat(rest), { MessageAttributes });
    const tooLong = other.send("x".repeat(rest + 1), { MessageAttributes });
    expect(await refused(tooLong)).to.satisfy(isInvalidParameter);
  });

  it("refuses an empty body", async () => {
    expect((await refused(queue.send(""))).status).to.equal(400);
  });

  it("refuses characters that XML does not have", async () => {
    for (const body of ["\u0000", "\u0008", "\uFFFE"]) {
      expect(await refused(queue.send(body))).to.include({ code: "InvalidMessageContents", status: 400 });
    }
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
  it("answers with the MD5 of system attributes, apart from that of attributes", async () => {
    const AWSTraceHeader = { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" };
    const field = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text)]);
    const expected = createHash("md5")
      .update(Buffer.concat([field("AWSTraceHeader"), field("String"), Buffer.from([1])]))
      .update(field(AWSTraceHeader.StringValue));
    const sent = await queue.send("x", { MessageSystemAttributes: { AWSTraceHeader } });
    expect(sent.MD5OfMessageSystemAttributes).to.equal(expected.digest("hex"));
    expect(sent.MD5OfMessageAttributes).to.equal(undefined);
  });

  it("refuses system attributes that there are not", async () => {
    const MessageSystemAttributes = { Colour: { DataType: "String", StringValue: "x" } } as object;
    expect(await refused(queue.send("x", { MessageSystemAttributes }))).to.satisfy(isInvalidParameter);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagegroupid-property.html
  it("takes a group, which whoever receives is told", async () => {
    const other = await queues();
    const MessageGroupId = `tenant-1!"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~`;
    await other.send("x", { MessageGroupId });
    const [message] = await other.receive({ MessageSystemAttributeNames: ["MessageGroupId"] });
    expect(message?.Attributes).to.deep.equal({ MessageGroupId });
  });

  it("refuses a group that is empty, too long or has spaces", async () => {
    for (const MessageGroupId of ["", "g".repeat(129), "group 1"])
      expect(await refused(queue.send("x", { MessageGroupId }))).to.satisfy(isInvalidParameter);
  });

  it("refuses a delay over 15 minutes, or below none", async () => {
    for (const DelaySeconds of [901, -1])
      expect(await refused(queue.send("x", { DelaySeconds }))).to.satisfy(isInvalidParameter);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
describe("contract: ReceiveMessage", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);

  it("gives one message unless asked for more, and at most ten", async () => {
    const other = await queues();
    for (let index = 0; index < 12; index += 1) await other.send(`${index}`);
    expect(await other.receive({ MaxNumberOfMessages: undefined })).to.have.length(1);
    const seen = new Set<string>();
    await until("eleven more come", async () => {
      const messages = await other.receive();
      expect(messages.length).to.be.at.most(10);
      for (const { MessageId = "" } of messages) seen.add(MessageId);
      return seen.size === 11;
    });
  });

  for (const [name, values] of Object.entries({
    MaxNumberOfMessages: [0, 11],
    WaitTimeSeconds: [-1, 21],
    VisibilityTimeout: [-1, 43_201],
  })) {
    it(`refuses ${name} outside its limits`, async () => {
      for (const value of values)
        expect(await refused(queue.receive({ [name]: value })), String(value)).to.satisfy(isInvalidParameter);
    });
  }

  it("gives no message twice while it is in flight", async () => {
    const other = await queues();
    await other.send("once");
    expect(await other.receive()).to.have.length(1);
    expect(await other.peek()).to.deep.equal([]);
  });

  it("is empty when there is nothing", async () => {
    const { Messages } = await target.sqs.receiveMessage({ QueueUrl: (await queues()).url });
    expect(Messages).to.equal(undefined);
  });

  it("tells system attributes when asked", async () => {
    const other = await queues({ VisibilityTimeout: "0" });
    const sent = Date.now();
    await other.send("x");
    const [plain] = await other.receive();
    expect(plain?.Attributes).to.equal(undefined);
    const [message] = await other.receive({ MessageSystemAttributeNames: ["All"] });
    expect(message?.Attributes?.ApproximateReceiveCount).to.equal("2");
    expect(Number(message?.Attributes?.SentTimestamp)).to.be.closeTo(sent, 60_000);
    expect(Number(message?.Attributes?.ApproximateFirstReceiveTimestamp)).to.be.closeTo(sent, 60_000);
    expect(message?.Attributes?.SenderId).to.be.a("string");
    const [one] = await other.receive({ MessageSystemAttributeNames: ["SentTimestamp"] });
    expect(Object.keys(one?.Attributes ?? {})).to.deep.equal(["SentTimestamp"]);
    const [old] = await other.receive({ AttributeNames: ["ApproximateReceiveCount" as "All"] });
    expect(old?.Attributes).to.deep.equal({ ApproximateReceiveCount: "4" });
  });

  it("carries the trace header of the sender", async () => {
    const other = await queues();
    const StringValue = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    await other.send("x", {
      MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
    });
    const [message] = await other.receive({ MessageSystemAttributeNames: ["AWSTraceHeader"] });
    expect(message?.Attributes).to.deep.equal({ AWSTraceHeader: StringValue });
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-x-ray.html
  it("carries the trace header of the request that sent it", async () => {
    const other = await queues();
    const trace = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    await sendSigned(target, {
      service: "sqs",
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": "AmazonSQS.SendMessage",
        "x-amzn-trace-id": trace,
      },
      body: JSON.stringify({ QueueUrl: other.url, MessageBody: "x" }),
    });
    const [message] = await other.receive({ MessageSystemAttributeNames: ["AWSTraceHeader"] });
    expect(message?.Attributes).to.deep.equal({ AWSTraceHeader: trace });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html
describe("contract: DeleteMessage", () => {
  const queues = useQueues(target);
  const remove = (QueueUrl: string, ReceiptHandle: string | undefined) =>
    target.sqs.deleteMessage({ QueueUrl, ReceiptHandle });

  it("deletes for good", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive();
    await remove(queue.url, message?.ReceiptHandle);
    await until("it is counted nowhere", async () => {
      const visible = await queue.attribute("ApproximateNumberOfMessages");
      return visible === "0" && (await queue.attribute("ApproximateNumberOfMessagesNotVisible")) === "0";
    });
  });

  it("may be repeated", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive();
    await remove(queue.url, message?.ReceiptHandle);
    await remove(queue.url, message?.ReceiptHandle);
  });

  it("deletes after the visibility timeout, when nobody received it since", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive({ VisibilityTimeout: 1 });
    await until(
      "it is visible again",
      async () => (await queue.attribute("ApproximateNumberOfMessages")) === "1",
    );
    await remove(queue.url, message?.ReceiptHandle);
    expect(await queue.peek()).to.deep.equal([]);
  });

  it("takes an outdated handle without complaint", async () => {
    const queue = await queues({ VisibilityTimeout: "0" });
    await queue.send("x");
    const [first] = await queue.receive();
    const [second] = await queue.receive({ VisibilityTimeout: 30 });
    expect(first?.ReceiptHandle).not.to.equal(second?.ReceiptHandle);
    await remove(queue.url, first?.ReceiptHandle);
    await remove(queue.url, second?.ReceiptHandle);
    expect(await queue.attribute("ApproximateNumberOfMessagesNotVisible")).to.equal("0");
  });

  it("refuses what is no handle", async () => {
    const queue = await queues();
    const refusal = await refused(remove(queue.url, "nonsense"));
    expect(refusal.code).to.equal("ReceiptHandleIsInvalid");
    expect(refusal.status, "the reference says 400, the service's model 404").to.be.oneOf([400, 404]);
  });
});
