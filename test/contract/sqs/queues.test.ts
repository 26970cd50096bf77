import type { QueueAttributeName } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { until } from "../../support/until.ts";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
describe("contract: queues", () => {
  const queue = useQueue(target, { DelaySeconds: "0", VisibilityTimeout: "45" });
  const queues = useQueues(target);
  const create = (QueueName: string, Attributes = {}) => target.sqs.createQueue({ QueueName, Attributes });
  const NOT_THERE = { code: "QueueDoesNotExist", status: 400 };

  it("have a URL that ends in their account and name", () => {
    expect(queue.url).to.match(new RegExp(`/\\d{12}/${queue.name}$`));
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
  it("have a URL at the endpoint the client used: the SDK sends to where it leads", () => {
    const { hostname } = new URL(queue.url);
    const asked = new URL(target.endpoints.sqs).hostname;
    expect(hostname === asked || asked.endsWith("amazonaws.com")).to.equal(true);
  });

  it("have an arn of region, account and name", () => {
    expect(queue.arn).to.match(new RegExp(`^arn:aws[^:]*:sqs:${target.region}:\\d{12}:${queue.name}$`));
  });

  it("are found by name", async () => {
    expect((await target.sqs.getQueueUrl({ QueueName: queue.name })).QueueUrl).to.equal(queue.url);
  });

  it("are meant by their name where a URL is asked for", async () => {
    const { Attributes } = await target.sqs.getQueueAttributes({
      QueueUrl: queue.name,
      AttributeNames: ["QueueArn"],
    });
    expect(Attributes?.QueueArn).to.equal(queue.arn);
    const missing = target.sqs.getQueueAttributes({ QueueUrl: `${queue.name}-not`, AttributeNames: ["All"] });
    expect(await refused(missing)).to.include(NOT_THERE);
  });

  it("are listed by prefix", async () => {
    const { QueueUrls } = await target.sqs.listQueues({ QueueNamePrefix: queue.name });
    expect(QueueUrls).to.deep.equal([queue.url]);
  });

  it("are listed in pages when asked to", async () => {
    await queues();
    await queues();
    const prefix = queue.name.split("-").slice(0, 2).join("-");
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await target.sqs.listQueues({ QueueNamePrefix: prefix, MaxResults: 1, NextToken });
      expect(page.QueueUrls).to.have.length(1);
      seen.push(...(page.QueueUrls ?? []));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(new Set(seen).size).to.equal(seen.length).and.be.at.least(3);
  });

  it("are not listed when none begins with the prefix", async () => {
    const { QueueUrls } = await target.sqs.listQueues({ QueueNamePrefix: `${queue.name}-not` });
    expect(QueueUrls).to.equal(undefined);
  });

  it("may be created again with the attributes they have", async () => {
    expect((await create(queue.name)).QueueUrl).to.equal(queue.url);
    expect((await create(queue.name, { VisibilityTimeout: "45" })).QueueUrl).to.equal(queue.url);
  });

  it("may not be created again with others", async () => {
    expect(await refused(create(queue.name, { VisibilityTimeout: "46" }))).to.include({
      code: "QueueNameExists",
      status: 400,
    });
  });

  it("are created once by many at a time", async () => {
    const name = newName();
    const urls = await Promise.all(Array.from({ length: 5 }, () => create(name)));
    expect(new Set(urls.map(({ QueueUrl }) => QueueUrl)).size).to.equal(1);
    await target.sqs.deleteQueue({ QueueUrl: urls[0]?.QueueUrl });
  });

  for (const name of ["", "with space", "with/slash", "ü", "n".repeat(81), "dot.ted"]) {
    it(`may not be called "${name.slice(0, 20)}"`, async () => {
      expect((await refused(create(name))).status).to.equal(400);
    });
  }

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html
  it("leave their name taken for a minute when they are deleted", async () => {
    const gone = await queues();
    await gone.remove();
    gone.remove = async () => {};
    expect(await refused(create(gone.name))).to.include({ code: "QueueDeletedRecently", status: 400 });
  });

  it("are gone once deleted", async () => {
    const gone = await queues();
    await gone.remove();
    gone.remove = async () => {};
    expect(await refused(target.sqs.getQueueUrl({ QueueName: gone.name }))).to.include(NOT_THERE);
    expect(await refused(gone.send("x"))).to.include(NOT_THERE);
    expect(await refused(gone.peek())).to.include(NOT_THERE);
    expect(await refused(gone.attribute("QueueArn"))).to.include(NOT_THERE);
    expect(await refused(gone.set({ DelaySeconds: "1" }))).to.include(NOT_THERE);
    expect(await refused(target.sqs.purgeQueue({ QueueUrl: gone.url }))).to.include(NOT_THERE);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
describe("contract: queue attributes", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);

  it("have defaults", async () => {
    const { Attributes = {} } = await target.sqs.getQueueAttributes({
      QueueUrl: queue.url,
      AttributeNames: ["All"],
    });
    expect(Attributes).to.include({
      VisibilityTimeout: "30",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
      DelaySeconds: "0",
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "true",
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      ApproximateNumberOfMessagesDelayed: "0",
    });
    expect(Number(Attributes.CreatedTimestamp)).to.be.closeTo(Date.now() / 1000, 300);
    expect(Number(Attributes.LastModifiedTimestamp)).to.be.closeTo(Date.now() / 1000, 300);
    expect(Attributes).not.to.have.any.keys("Policy", "RedrivePolicy", "FifoQueue");
  });

  it("are given when asked for, and only those", async () => {
    const AttributeNames: QueueAttributeName[] = ["DelaySeconds", "VisibilityTimeout"];
    const { Attributes } = await target.sqs.getQueueAttributes({ QueueUrl: queue.url, AttributeNames });
    expect(Attributes).to.deep.equal({ DelaySeconds: "0", VisibilityTimeout: "30" });
    for (const none of [undefined, ["Policy" as const]]) {
      const answer = await target.sqs.getQueueAttributes({ QueueUrl: queue.url, AttributeNames: none });
      expect(answer.Attributes).to.equal(undefined);
    }
  });

  it("refuse to be asked for what there is not", async () => {
    expect(await refused(queue.attribute("Colour" as "Policy"))).to.include({
      code: "InvalidAttributeName",
      status: 400,
    });
  });

  const limits: [name: QueueAttributeName, minimum: number, maximum: number][] = [
    ["VisibilityTimeout", 0, 43_200],
    ["MaximumMessageSize", 1024, 1_048_576],
    ["MessageRetentionPeriod", 60, 1_209_600],
    ["DelaySeconds", 0, 900],
    ["ReceiveMessageWaitTimeSeconds", 0, 20],
    ["KmsDataKeyReusePeriodSeconds", 60, 86_400],
  ];
  for (const [name, minimum, maximum] of limits) {
    it(`take ${name} from ${minimum} to ${maximum}`, async () => {
      for (const value of [minimum, maximum]) {
        await queue.set({
          [name]: String(value),
          ...(name.startsWith("Kms") && { KmsMasterKeyId: "alias/a" }),
        });
        expect(await queue.attribute(name)).to.equal(String(value));
      }
      for (const value of [minimum - 1, maximum + 1, "many", 1.5]) {
        expect(await refused(queue.set({ [name]: String(value) })), String(value)).to.include({
          code: "InvalidAttributeValue",
          status: 400,
        });
      }
    });
  }

  it("refuse to be set when they do not exist, or belong to FIFO queues", async () => {
    for (const name of ["Colour", "FifoQueue", "ContentBasedDeduplication", "QueueArn"] as const) {
      expect(await refused(queue.set({ [name]: "true" })), name).to.include({
        code: "InvalidAttributeName",
        status: 400,
      });
    }
  });

  it("change nothing when one of them is refused", async () => {
    const other = await queues({ DelaySeconds: "5" });
    await refused(other.set({ DelaySeconds: "6", VisibilityTimeout: "-1" }));
    expect(await other.attribute("DelaySeconds")).to.equal("5");
  });

  it("keep all of several changes made at once", async () => {
    const other = await queues();
    await Promise.all([
      other.set({ DelaySeconds: "7" }),
      other.set({ VisibilityTimeout: "8" }),
      other.set({ MessageRetentionPeriod: "90" }),
    ]);
    expect(await other.attribute("DelaySeconds")).to.equal("7");
    expect(await other.attribute("VisibilityTimeout")).to.equal("8");
    expect(await other.attribute("MessageRetentionPeriod")).to.equal("90");
  });

  it("keep a policy, and lose it when it is empty", async () => {
    const Statement = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: queue.arn };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
    await queue.set({ Policy });
    expect(JSON.parse((await queue.attribute("Policy")) ?? "")).to.deep.equal(JSON.parse(Policy));
    await queue.set({ Policy: "" });
    expect(await queue.attribute("Policy")).to.equal(undefined);
  });

  it("refuse a policy that is none", async () => {
    for (const Policy of ["nonsense", "{}", '{"Statement":[{"Effect":"Perhaps"}]}']) {
      expect(await refused(queue.set({ Policy })), Policy).to.include({
        code: "InvalidAttributeValue",
        status: 400,
      });
    }
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
  it("encrypt with one kind of key at a time", async () => {
    const other = await queues();
    await other.set({ KmsMasterKeyId: "alias/aws/sqs" });
    expect(await other.attribute("SqsManagedSseEnabled")).to.equal("false");
    await other.set({ SqsManagedSseEnabled: "true" });
    expect(await other.attribute("KmsMasterKeyId")).to.equal(undefined);
    await other.set({ KmsMasterKeyId: "alias/aws/sqs", KmsDataKeyReusePeriodSeconds: "600" });
    expect(await other.attribute("KmsDataKeyReusePeriodSeconds")).to.equal("600");
    await other.set({ KmsMasterKeyId: "" });
    expect(await other.attribute("KmsDataKeyReusePeriodSeconds")).to.equal(undefined);
    const both = other.set({ KmsMasterKeyId: "alias/aws/sqs", SqsManagedSseEnabled: "true" });
    expect((await refused(both)).status).to.equal(400);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html
describe("contract: queue tags", () => {
  const queue = useQueue(target);
  const tags = async () => (await target.sqs.listQueueTags({ QueueUrl: queue.url })).Tags ?? {};

  it("are added, replaced and removed by key", async () => {
    expect(await tags()).to.deep.equal({});
    await target.sqs.tagQueue({ QueueUrl: queue.url, Tags: { a: "1", b: "2", empty: "" } });
    await target.sqs.tagQueue({ QueueUrl: queue.url, Tags: { a: "one" } });
    expect(await tags()).to.deep.equal({ a: "one", b: "2", empty: "" });
    await target.sqs.untagQueue({ QueueUrl: queue.url, TagKeys: ["a", "empty", "never"] });
    expect(await tags()).to.deep.equal({ b: "2" });
  });

  it("come with a new queue", async () => {
    const QueueName = newName();
    const { QueueUrl } = await target.sqs.createQueue({ QueueName, tags: { stack: "dev" } });
    expect((await target.sqs.listQueueTags({ QueueUrl })).Tags).to.deep.equal({ stack: "dev" });
    await target.sqs.deleteQueue({ QueueUrl });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html
describe("contract: PurgeQueue", () => {
  const queue = useQueue(target);

  it("deletes what is visible, in flight and delayed, once a minute", async () => {
    await queue.send("visible");
    await queue.send("in flight");
    await queue.receive({ MaxNumberOfMessages: 1 });
    await queue.send("delayed", { DelaySeconds: 900 });
    await target.sqs.purgeQueue({ QueueUrl: queue.url });
    for (const kind of ["", "NotVisible", "Delayed"] as const)
      await until(
        `none is counted ${kind}`,
        async () => (await queue.attribute(`ApproximateNumberOfMessages${kind}`)) === "0",
        60_000,
      );
    expect(await refused(target.sqs.purgeQueue({ QueueUrl: queue.url }))).to.include({
      code: "PurgeQueueInProgress",
      status: 403,
    });
  });
});
