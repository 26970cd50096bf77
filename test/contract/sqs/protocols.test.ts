import { createHash } from "node:crypto";
import { expect } from "chai";
import { element, presign, read, sendSigned } from "../signed.ts";
import { useTarget } from "../target.ts";
import { type TestQueue, useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
describe("contract: the query protocol of older clients", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);
  const call = (form: Record<string, string>, path = "/") =>
    sendSigned(target, {
      service: "sqs",
      method: "POST",
      path,
      headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      body: new URLSearchParams({ Version: "2012-11-05", ...form }).toString(),
    });
  const pathOf = ({ url }: TestQueue) => new URL(url).pathname;

  it("names the answer and the result after the action, with a request id", async () => {
    const { status, headers, text } = await call({ Action: "GetQueueUrl", QueueName: queue.name });
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.match(/^text\/xml/);
    expect(text).to.match(
      /<GetQueueUrlResponse [^>]*xmlns="http:\/\/queue.amazonaws.com\/doc\/2012-11-05\/"/,
    );
    expect(element("QueueUrl", text)).to.equal(queue.url);
    expect(element("RequestId", text)).to.match(/^\S+$/);
  });

  it("creates queues with numbered attributes and tags", async () => {
    const { text } = await call({
      Action: "CreateQueue",
      QueueName: `${queue.name}-query`,
      "Attribute.1.Name": "DelaySeconds",
      "Attribute.1.Value": "3",
      "Attribute.2.Name": "VisibilityTimeout",
      "Attribute.2.Value": "4",
      "Tag.1.Key": "a",
      "Tag.1.Value": "1",
    });
    const QueueUrl = element("QueueUrl", text);
    const { Attributes } = await target.sqs.getQueueAttributes({
      QueueUrl,
      AttributeNames: ["DelaySeconds", "VisibilityTimeout"],
    });
    expect(Attributes).to.deep.equal({ DelaySeconds: "3", VisibilityTimeout: "4" });
    expect((await target.sqs.listQueueTags({ QueueUrl })).Tags).to.deep.equal({ a: "1" });
    await call({ Action: "DeleteQueue", QueueUrl: QueueUrl ?? "" });
  });

  it("sends to the queue in its path", async () => {
    const other = await queues();
    const { status, text } = await call({ Action: "SendMessage", MessageBody: "by path" }, pathOf(other));
    expect(status).to.equal(200);
    expect(element("MD5OfMessageBody", text)).to.equal(createHash("md5").update("by path").digest("hex"));
    expect((await other.receive())[0]?.Body).to.equal("by path");
  });

  it("sends and receives message attributes, bytes too", async () => {
    const other = await queues();
    await call({
      Action: "SendMessage",
      QueueUrl: other.url,
      MessageBody: "a & b <c> ü",
      "MessageAttribute.1.Name": "text",
      "MessageAttribute.1.Value.DataType": "String",
      "MessageAttribute.1.Value.StringValue": "one & two",
      "MessageAttribute.2.Name": "bytes",
      "MessageAttribute.2.Value.DataType": "Binary",
      "MessageAttribute.2.Value.BinaryValue": "AP8=",
    });
    const { text } = await call({
      Action: "ReceiveMessage",
      QueueUrl: other.url,
      VisibilityTimeout: "0",
      WaitTimeSeconds: "2",
      "AttributeName.1": "ApproximateReceiveCount",
      "MessageAttributeName.1": "All",
    });
    expect(element("Body", text)).to.equal("a &amp; b &lt;c&gt; ü");
    expect(text).to.match(/<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
    expect(element("BinaryValue", text)).to.equal("AP8=");
    const [message] = await other.receive({ MessageAttributeNames: ["All"] });
    expect(message?.MessageAttributes?.text?.StringValue).to.equal("one & two");
    expect([...(message?.MessageAttributes?.bytes?.BinaryValue ?? [])]).to.deep.equal([0, 255]);
  });

  it("deletes by receipt handle", async () => {
    const other = await queues();
    await other.send("x");
    const [message] = await other.receive();
    const ReceiptHandle = message?.ReceiptHandle ?? "";
    const { status, text } = await call({ Action: "DeleteMessage", QueueUrl: other.url, ReceiptHandle });
    expect(status).to.equal(200);
    expect(text).to.match(/<DeleteMessageResponse /);
    expect(await other.attribute("ApproximateNumberOfMessagesNotVisible")).to.equal("0");
  });

  it("sends batches with partial failures", async () => {
    const other = await queues({ MaximumMessageSize: "1024" });
    const { text } = await call({
      Action: "SendMessageBatch",
      QueueUrl: other.url,
      "SendMessageBatchRequestEntry.1.Id": "good",
      "SendMessageBatchRequestEntry.1.MessageBody": "x",
      "SendMessageBatchRequestEntry.2.Id": "bad",
      "SendMessageBatchRequestEntry.2.MessageBody": "x".repeat(1025),
    });
    expect(text).to.match(/<SendMessageBatchResultEntry><Id>good<\/Id>/);
    expect(text).to.match(/<BatchResultErrorEntry><Id>bad<\/Id>/);
    expect(element("Code", text)).to.equal("InvalidParameterValue");
  });

  it("gives attributes as a list of names and values", async () => {
    const { text } = await call({
      Action: "GetQueueAttributes",
      QueueUrl: queue.url,
      "AttributeName.1": "QueueArn",
    });
    expect(text).to.include(`<Attribute><Name>QueueArn</Name><Value>${queue.arn}</Value></Attribute>`);
  });

  it("gives errors with type, code and message", async () => {
    const { status, text } = await call({ Action: "GetQueueUrl", QueueName: `${queue.name}-not` });
    expect(status).to.equal(400);
    expect(element("Type", text)).to.equal("Sender");
    expect(element("Code", text)).to.equal("AWS.SimpleQueueService.NonExistentQueue");
    expect(element("Message", text)).to.equal("The specified queue does not exist for this wsdl version.");
  });

  it("creates and lists queues at the root only", async () => {
    for (const form of [{ Action: "CreateQueue", QueueName: `${queue.name}-2` }, { Action: "ListQueues" }]) {
      const { status, text } = await call(form, pathOf(queue));
      expect({ status, code: element("Code", text) }).to.deep.equal({ status: 400, code: "InvalidAction" });
    }
  });

  const codes: [what: string, form: Record<string, string>, code: string][] = [
    ["an unknown action", { Action: "PaintQueue" }, "InvalidAction"],
    ["a missing parameter", { Action: "SendMessage" }, "MissingParameter"],
    [
      "a number out of range",
      { Action: "ReceiveMessage", MaxNumberOfMessages: "11" },
      "InvalidParameterValue",
    ],
    [
      "a number that is none",
      { Action: "ReceiveMessage", MaxNumberOfMessages: "x" },
      "InvalidParameterValue",
    ],
    ["a bad handle", { Action: "DeleteMessage", ReceiptHandle: "x" }, "ReceiptHandleIsInvalid"],
  ];
  for (const [what, form, code] of codes) {
    it(`calls ${what} ${code}`, async () => {
      const { status, text } = await call({ QueueUrl: queue.url, ...form });
      expect(status).to.be.within(400, 404);
      expect(element("Code", text)).to.equal(code);
    });
  }
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html#structure-get-request
describe("contract: GET requests", () => {
  const queue = useQueue(target);
  const get = async (query: Record<string, string>, change = (url: string) => url) => {
    const url = await presign(target, {
      service: "sqs",
      method: "GET",
      path: new URL(queue.url).pathname,
      query,
    });
    return read(await fetch(change(url)));
  };

  it("do what their query says, signed there", async () => {
    const sent = await get({ Action: "SendMessage", Version: "2012-11-05", MessageBody: "by link & <more>" });
    expect(sent.status).to.equal(200);
    const received = await get({ Action: "ReceiveMessage", Version: "2012-11-05", WaitTimeSeconds: "2" });
    expect(element("Body", received.text)).to.equal("by link &amp; &lt;more&gt;");
  });

  it("are refused when changed", async () => {
    const { status, text } = await get({ Action: "SendMessage", MessageBody: "mine" }, (url) =>
      url.replace("mine", "theirs"),
    );
    expect({ status, code: element("Code", text) }).to.deep.equal({
      status: 403,
      code: "SignatureDoesNotMatch",
    });
  });

  it("are not found without an action", async () => {
    const { status, text } = await get({});
    expect(status).to.equal(404);
    expect(text).to.match(/^<UnknownOperationException\/?>/);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
describe("contract: the JSON protocol", () => {
  const queue = useQueue(target);
  const call = (action: string, input: unknown, path = "/", headers: Record<string, string> = {}) =>
    sendSigned(target, {
      service: "sqs",
      method: "POST",
      path,
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `AmazonSQS.${action}`,
        ...headers,
      },
      body: typeof input === "string" ? input : JSON.stringify(input),
    });

  it("answers in its own type, with a request id", async () => {
    const { status, headers, text } = await call("GetQueueUrl", { QueueName: queue.name });
    expect(status).to.equal(200);
    expect(headers.get("content-type")).to.equal("application/x-amz-json-1.0");
    expect(headers.get("x-amzn-requestid")).to.match(/^\S+$/);
    expect(JSON.parse(text)).to.deep.equal({ QueueUrl: queue.url });
  });

  it("tells both names of an error", async () => {
    const { status, headers, text } = await call("GetQueueUrl", { QueueName: `${queue.name}-not` });
    expect(status).to.equal(400);
    expect(JSON.parse(text).__type).to.equal("com.amazonaws.sqs#QueueDoesNotExist");
    expect(headers.get("x-amzn-query-error")).to.equal("AWS.SimpleQueueService.NonExistentQueue;Sender");
  });

  it("takes requests at the queue's own path", async () => {
    const { status } = await call(
      "SendMessage",
      { QueueUrl: queue.url, MessageBody: "x" },
      new URL(queue.url).pathname,
    );
    expect(status).to.equal(200);
  });

  it("refuses what is no JSON", async () => {
    const { status } = await call("SendMessage", "{");
    expect(status).to.equal(400);
  });

  const mistyped: Record<string, object> = {
    "a number for text": { MessageBody: 1 },
    "text for a number": { MessageBody: "x", DelaySeconds: "1" },
    "a list for a map": { MessageBody: "x", MessageAttributes: ["a"] },
    "a number deep inside": {
      MessageBody: "x",
      MessageAttributes: { a: { DataType: "String", StringValue: 1 } },
    },
  };
  for (const [what, input] of Object.entries(mistyped)) {
    it(`refuses ${what}`, async () => {
      expect((await call("SendMessage", { QueueUrl: queue.url, ...input })).status).to.equal(400);
    });
  }

  it("refuses a missing parameter, by name", async () => {
    const { status, text } = await call("SendMessage", { QueueUrl: queue.url });
    expect(status).to.equal(400);
    expect(JSON.parse(text).message).to.include("MessageBody");
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  for (const [what, hash] of Object.entries({
    "another body": createHash("sha256").update("{}").digest("hex"),
    "no body": "UNSIGNED-PAYLOAD",
  })) {
    it(`refuses a body whose signature is of ${what}`, async () => {
      const headers = { "x-amz-content-sha256": hash };
      const { status, text } = await call("GetQueueUrl", { QueueName: queue.name }, "/", headers);
      expect(status).to.be.oneOf([400, 403]);
      expect(text).to.not.include(queue.url);
    });
  }

  it("takes a body whose hash is told and right", async () => {
    const input = { QueueName: queue.name };
    const hash = createHash("sha256").update(JSON.stringify(input)).digest("hex");
    const { text } = await call("GetQueueUrl", input, "/", { "x-amz-content-sha256": hash });
    expect(JSON.parse(text)).to.deep.equal({ QueueUrl: queue.url });
  });

  it("refuses requests that are not signed", async () => {
    const answer = await fetch(target.endpoints.sqs, {
      method: "POST",
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.ListQueues" },
      body: "{}",
    });
    expect(answer.status).to.be.oneOf([400, 403]);
  });
});
