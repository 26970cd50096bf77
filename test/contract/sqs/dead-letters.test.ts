import type { Message } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { until } from "../../support/until.ts";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { type TestQueue, useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();
const redrive = (dead: TestQueue, maxReceiveCount: number | string) =>
  JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount });

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
describe("contract: dead-letter queues", () => {
  const queues = useQueues(target);

  /** A work queue whose messages are visible at once after each receive. */
  async function pair(maxReceiveCount = 2) {
    const dead = await queues();
    const work = await queues({ VisibilityTimeout: "0", RedrivePolicy: redrive(dead, maxReceiveCount) });
    return { work, dead };
  }

  it("get a message on the receive after the last that is allowed", async () => {
    const { work, dead } = await pair(2);
    await work.send("poison");
    for (const count of ["1", "2"]) {
      const [message] = await work.receive({ MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
      expect(message?.Attributes?.ApproximateReceiveCount).to.equal(count);
    }
    expect(await dead.peek(), "not before it is received again").to.deep.equal([]);
    expect(await work.peek()).to.deep.equal([]);
    expect((await dead.receive()).map(({ Body }) => Body)).to.deep.equal(["poison"]);
  });

  it("keep the id, the attributes and the time it was first sent, and tell where it was", async () => {
    const { work, dead } = await pair(1);
    const MessageAttributes = { why: { DataType: "String", StringValue: "because" } };
    const { MessageId } = await work.send("poison", { MessageAttributes });
    const ask = { MessageSystemAttributeNames: ["All" as const], MessageAttributeNames: ["All"] };
    const [alive] = await work.receive(ask);
    await work.peek();
    const [message] = await dead.receive(ask);
    expect(message?.MessageId).to.equal(MessageId);
    expect(message?.MessageAttributes).to.deep.equal(MessageAttributes);
    expect(message?.Attributes?.SentTimestamp).to.equal(alive?.Attributes?.SentTimestamp);
    expect(message?.Attributes?.DeadLetterQueueSourceArn).to.equal(work.arn);
    expect(Number(message?.Attributes?.ApproximateReceiveCount)).to.be.above(1);
  });

  it("wake those who wait at them", async () => {
    const { work, dead } = await pair(1);
    await work.send("poison");
    await work.receive();
    const waiting = dead.receive({ WaitTimeSeconds: 20 });
    await work.peek();
    expect(await waiting).to.have.length(1);
  });

  it("let the good messages behind a bad one through", async () => {
    const { work, dead } = await pair(1);
    await work.send("poison");
    await work.receive();
    await work.send("good");
    expect((await work.receive()).map(({ Body }) => Body)).to.deep.equal(["good"]);
    expect(await dead.receive()).to.have.length(1);
  });

  it("know the queues they serve", async () => {
    const { work, dead } = await pair();
    const { queueUrls } = await target.sqs.listDeadLetterSourceQueues({ QueueUrl: dead.url });
    expect(queueUrls).to.deep.equal([work.url]);
    const none = await target.sqs.listDeadLetterSourceQueues({ QueueUrl: work.url });
    expect(none.queueUrls ?? []).to.deep.equal([]);
  });

  it("are left when the policy is empty", async () => {
    const { work, dead } = await pair(1);
    await work.set({ RedrivePolicy: "" });
    expect(await work.attribute("RedrivePolicy")).to.equal(undefined);
    await work.send("x");
    await work.receive();
    expect(await work.receive()).to.have.length(1);
    expect(await dead.peek()).to.deep.equal([]);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (RedrivePolicy)
describe("contract: redrive policies", () => {
  const dead = useQueue(target);
  const work = useQueue(target);
  const queues = useQueues(target);

  it("come back as they were put", async () => {
    await work.set({ RedrivePolicy: redrive(dead, 5) });
    expect(JSON.parse((await work.attribute("RedrivePolicy")) ?? "")).to.deep.equal({
      deadLetterTargetArn: dead.arn,
      maxReceiveCount: 5,
    });
  });

  it("take the count as text", async () => {
    await work.set({ RedrivePolicy: redrive(dead, "1000") });
    expect(JSON.parse((await work.attribute("RedrivePolicy")) ?? "").maxReceiveCount).to.be.oneOf([
      1000,
      "1000",
    ]);
  });

  const wrong: Record<string, () => string> = {
    "what is no JSON": () => "nonsense",
    "a count of none": () => redrive(dead, 0),
    "a count over a thousand": () => redrive(dead, 1001),
    "a count that is no number": () => redrive(dead, "often"),
    "no count": () => JSON.stringify({ deadLetterTargetArn: dead.arn }),
    "no queue": () => JSON.stringify({ maxReceiveCount: 1 }),
    "a queue that does not exist": () => redrive({ ...dead, arn: `${dead.arn}-not` }, 1),
    "a queue of another region": () =>
      redrive({ ...dead, arn: dead.arn.replace(target.region, "eu-central-2") }, 1),
  };
  for (const [what, policy] of Object.entries(wrong)) {
    it(`refuse ${what}`, async () => {
      expect((await refused(work.set({ RedrivePolicy: policy() }))).status).to.equal(400);
    });
  }

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html (RedriveAllowPolicy)
  it("are refused by a dead-letter queue that allows nobody, or others only", async () => {
    const closed = await queues({ RedriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }) });
    expect((await refused(work.set({ RedrivePolicy: redrive(closed, 1) }))).status).to.equal(400);
    const byQueue = (arn: string) => JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [arn] });
    await closed.set({ RedriveAllowPolicy: byQueue(dead.arn) });
    expect((await refused(work.set({ RedrivePolicy: redrive(closed, 1) }))).status).to.equal(400);
    await closed.set({ RedriveAllowPolicy: byQueue(work.arn) });
    await work.set({ RedrivePolicy: redrive(closed, 1) });
    await work.set({ RedrivePolicy: "" });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
describe("contract: message move tasks", () => {
  const queues = useQueues(target);
  const start = (SourceArn: string, more: object = {}) =>
    target.sqs.startMessageMoveTask({ SourceArn, ...more });
  const list = async (SourceArn: string, MaxResults = 1) =>
    (await target.sqs.listMessageMoveTasks({ SourceArn, MaxResults })).Results ?? [];

  async function deadLetters(count: number) {
    const dead = await queues();
    const work = await queues({ VisibilityTimeout: "0", RedrivePolicy: redrive(dead, 1) });
    for (let index = 0; index < count; index += 1) await work.send(`${index}`);
    await until("all are dead letters", async () => {
      await work.peek();
      return (await dead.attribute("ApproximateNumberOfMessages")) === `${count}`;
    });
    await work.set({ VisibilityTimeout: "30" });
    return { work, dead };
  }

  it("move dead letters back to where they came from", async () => {
    const { work, dead } = await deadLetters(3);
    const { TaskHandle } = await start(dead.arn);
    expect(TaskHandle).to.be.a("string");
    await until("it is done", async () => (await list(dead.arn))[0]?.Status === "COMPLETED");
    const [task] = await list(dead.arn);
    expect(task).to.include({ SourceArn: dead.arn, ApproximateNumberOfMessagesMoved: 3 });
    expect(Number(task?.ApproximateNumberOfMessagesToMove)).to.equal(3);
    expect(task?.DestinationArn).to.equal(undefined);
    expect(Number(task?.StartedTimestamp)).to.be.closeTo(Date.now(), 300_000);
    expect((await work.receive()).map(({ Body }) => Body).sort()).to.deep.equal(["0", "1", "2"]);
    expect(await dead.peek()).to.deep.equal([]);
  });

  it("make new messages of them: another id, a new count, and nothing of the dead-letter queue", async () => {
    const { work, dead } = await deadLetters(1);
    const [before] = await dead.receive({ VisibilityTimeout: 0 });
    await start(dead.arn);
    const ask = { MessageSystemAttributeNames: ["All" as const], WaitTimeSeconds: 20 };
    const [after] = (await work.receive(ask)) as [Message];
    expect(after.MessageId).not.to.equal(before?.MessageId);
    expect(after.Attributes?.ApproximateReceiveCount).to.equal("1");
    expect(after.Attributes?.DeadLetterQueueSourceArn).to.equal(undefined);
  });

  it("move them to another queue when told to", async () => {
    const { work, dead } = await deadLetters(1);
    const other = await queues();
    await start(dead.arn, { DestinationArn: other.arn });
    expect(await other.receive({ WaitTimeSeconds: 20 })).to.have.length(1);
    expect(await work.peek()).to.deep.equal([]);
    expect((await list(dead.arn))[0]?.DestinationArn).to.equal(other.arn);
  });

  it("fail at what has no source: a message that was sent straight to the dead-letter queue", async () => {
    const dead = await queues();
    await queues({ RedrivePolicy: redrive(dead, 1) });
    await dead.send("straight");
    await start(dead.arn);
    await until("it failed", async () => (await list(dead.arn))[0]?.Status === "FAILED");
    expect((await list(dead.arn))[0]?.FailureReason).to.equal("CouldNotDetermineMessageSource");
    expect(await dead.receive()).to.have.length(1);
  });

  it("keep their rate", async () => {
    const { dead } = await deadLetters(4);
    const startMs = performance.now();
    await start(dead.arn, { MaxNumberOfMessagesPerSecond: 4 });
    await until("it is done", async () => (await list(dead.arn))[0]?.Status === "COMPLETED");
    expect(performance.now() - startMs).to.be.above(700);
  });

  it("run one at a time per source, and can be cancelled", async () => {
    const { dead, work } = await deadLetters(5);
    const { TaskHandle } = await start(dead.arn, { MaxNumberOfMessagesPerSecond: 1 });
    expect((await refused(start(dead.arn))).status).to.equal(400);
    const [running] = await list(dead.arn);
    expect(running).to.include({ Status: "RUNNING", TaskHandle, MaxNumberOfMessagesPerSecond: 1 });
    expect(await work.receive({ WaitTimeSeconds: 20, MaxNumberOfMessages: 1 })).to.have.length(1);
    const cancelled = await target.sqs.cancelMessageMoveTask({ TaskHandle });
    expect(Number(cancelled.ApproximateNumberOfMessagesMoved)).to.be.within(1, 3);
    await until("it is", async () => (await list(dead.arn))[0]?.Status === "CANCELLED");
    expect((await list(dead.arn))[0]?.TaskHandle).to.equal(undefined);
    expect(Number(await dead.attribute("ApproximateNumberOfMessages"))).to.be.above(0);
  });

  it("are listed newest first, at most ten", async () => {
    const { dead } = await deadLetters(1);
    const other = await queues();
    for (const destination of [undefined, other.arn]) {
      await start(dead.arn, { DestinationArn: destination });
      await until("it is done", async () => (await list(dead.arn))[0]?.Status === "COMPLETED");
    }
    const results = await list(dead.arn, 10);
    expect(results.map(({ DestinationArn }) => DestinationArn)).to.deep.equal([other.arn, undefined]);
    expect(await list(dead.arn)).to.have.length(1);
    expect((await refused(list(dead.arn, 11))).status).to.equal(400);
  });

  it("refuse a source that is no dead-letter queue", async () => {
    expect((await refused(start((await queues()).arn))).status).to.equal(400);
  });

  it("refuse a source, a destination and a task that do not exist", async () => {
    const { dead } = await deadLetters(1);
    const missing = { code: "ResourceNotFoundException", status: 404 };
    expect(await refused(start(`${dead.arn}-not`))).to.include(missing);
    expect(await refused(start(dead.arn, { DestinationArn: `${dead.arn}-not` }))).to.include(missing);
    expect(await refused(list(`${dead.arn}-not`))).to.include(missing);
    const task = { taskId: "00000000-0000-0000-0000-000000000000", sourceArn: dead.arn };
    const TaskHandle = Buffer.from(JSON.stringify(task)).toString("base64");
    expect(await refused(target.sqs.cancelMessageMoveTask({ TaskHandle }))).to.include(missing);
  });

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html
  it("refuse to be cancelled by what is no handle, or one of a queue that is not there", async () => {
    const taskId = "00000000-0000-0000-0000-000000000000";
    const sourceArn = `${(await queues()).arn}-not`;
    for (const handle of ["foobar", JSON.stringify({ taskId }), JSON.stringify(taskId), "null"]) {
      const TaskHandle = Buffer.from(handle).toString("base64");
      const { code, status } = await refused(target.sqs.cancelMessageMoveTask({ TaskHandle }));
      expect(status, handle).to.equal(400);
      expect(code, handle).to.match(/^InvalidParameterValue/);
    }
    const TaskHandle = Buffer.from(JSON.stringify({ taskId, sourceArn })).toString("base64");
    const refusal = await refused(target.sqs.cancelMessageMoveTask({ TaskHandle }));
    expect(refusal).to.include({ code: "ResourceNotFoundException", status: 404 });
    expect(refusal.message).to.include("SourceArn");
  });

  it("refuse rates outside 1 to 500", async () => {
    const { dead } = await deadLetters(1);
    for (const MaxNumberOfMessagesPerSecond of [0, 501])
      expect((await refused(start(dead.arn, { MaxNumberOfMessagesPerSecond }))).status).to.equal(400);
  });
});
