import { expect } from "chai";
import { until } from "../../support/until.ts";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { type TestQueue, useQueues } from "./a-queue.ts";

const target = useTarget();
const secondsSince = (startMs: number) => (performance.now() - startMs) / 1000;
const counts = async (queue: TestQueue) => ({
  visible: await queue.attribute("ApproximateNumberOfMessages"),
  inFlight: await queue.attribute("ApproximateNumberOfMessagesNotVisible"),
  delayed: await queue.attribute("ApproximateNumberOfMessagesDelayed"),
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
describe("contract: the visibility timeout", () => {
  const queues = useQueues(target);
  const change = (queue: TestQueue, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
    target.sqs.changeMessageVisibility({ QueueUrl: queue.url, ReceiptHandle, VisibilityTimeout });

  it("hides a message and then shows it again, to a long poll at once", async () => {
    const queue = await queues({ VisibilityTimeout: "1" });
    await queue.send("again");
    const [first] = await queue.receive();
    const start = performance.now();
    const [second] = await queue.receive({ WaitTimeSeconds: 20 });
    expect(second?.MessageId).to.equal(first?.MessageId);
    expect(second?.ReceiptHandle).not.to.equal(first?.ReceiptHandle);
    expect(secondsSince(start)).to.be.within(0.5, 5);
  });

  it("may be chosen with each receive, and may be none", async () => {
    const queue = await queues();
    await queue.send("x");
    await queue.receive({ VisibilityTimeout: 0 });
    expect(await queue.receive()).to.have.length(1);
    expect(await queue.peek()).to.deep.equal([]);
  });

  it("gives no message twice in one answer, even when it is none", async () => {
    const queue = await queues({ VisibilityTimeout: "0" });
    await queue.send("x");
    expect(await queue.receive()).to.have.length(1);
  });

  it("is ended at once by changing it to none, which wakes a long poll", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive();
    const start = performance.now();
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    await change(queue, message?.ReceiptHandle, 0);
    expect(await waiting).to.have.length(1);
    expect(secondsSince(start)).to.be.below(10);
  });

  it("is prolonged by changing it", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive({ VisibilityTimeout: 1 });
    await change(queue, message?.ReceiptHandle, 30);
    expect(await queue.receive({ WaitTimeSeconds: 2 })).to.deep.equal([]);
  });

  it("can still be changed after it ended", async () => {
    const queue = await queues({ VisibilityTimeout: "0" });
    await queue.send("x");
    const [message] = await queue.receive();
    await change(queue, message?.ReceiptHandle, 30);
    expect(await queue.peek()).to.deep.equal([]);
  });

  it("cannot be changed of a deleted message, nor with nonsense", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive();
    await target.sqs.deleteMessage({ QueueUrl: queue.url, ReceiptHandle: message?.ReceiptHandle });
    expect((await refused(change(queue, message?.ReceiptHandle, 0))).status).to.equal(400);
    expect(await refused(change(queue, "nonsense", 0))).to.include({ code: "ReceiptHandleIsInvalid" });
  });

  it("is at most twelve hours", async () => {
    const queue = await queues();
    await queue.send("x");
    const [message] = await queue.receive();
    for (const seconds of [43_201, -1])
      expect((await refused(change(queue, message?.ReceiptHandle, seconds))).status).to.equal(400);
  });

  it("is seen in the queue's counts", async () => {
    const queue = await queues();
    for (const body of ["a", "b", "c"]) await queue.send(body);
    await queue.send("later", { DelaySeconds: 900 });
    await queue.receive({ MaxNumberOfMessages: 1 });
    await until("the counts agree", async () => {
      const { visible, inFlight, delayed } = await counts(queue);
      return visible === "2" && inFlight === "1" && delayed === "1";
    });
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
describe("contract: long polling", () => {
  const queues = useQueues(target);

  it("is woken by a message", async () => {
    const queue = await queues();
    const start = performance.now();
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    await queue.send("wake");
    expect((await waiting).map(({ Body }) => Body)).to.deep.equal(["wake"]);
    expect(secondsSince(start)).to.be.below(10);
  });

  it("is woken by a batch", async () => {
    const queue = await queues();
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    const Entries = [{ Id: "a", MessageBody: "a" }];
    await target.sqs.sendMessageBatch({ QueueUrl: queue.url, Entries });
    expect(await waiting).to.have.length(1);
  });

  it("gives a message to one of those who wait", async () => {
    const queue = await queues();
    const waiting = Array.from({ length: 3 }, () => queue.receive({ WaitTimeSeconds: 1 }));
    await queue.send("one");
    const received = (await Promise.all(waiting)).flat();
    expect(received).to.have.length(1);
  });

  it("ends empty when the time is up", async () => {
    const queue = await queues();
    const start = performance.now();
    expect(await queue.receive({ WaitTimeSeconds: 1 })).to.deep.equal([]);
    expect(secondsSince(start)).to.be.within(0.9, 5);
  });

  it("is the queue's default when it says so", async () => {
    const queue = await queues({ ReceiveMessageWaitTimeSeconds: "20" });
    const waiting = queue.receive({ WaitTimeSeconds: undefined });
    await queue.send("default");
    expect(await waiting).to.have.length(1);
  });

  it("can be refused with a wait of none", async () => {
    const queue = await queues({ ReceiveMessageWaitTimeSeconds: "20" });
    const start = performance.now();
    expect(await queue.peek()).to.deep.equal([]);
    expect(secondsSince(start)).to.be.below(5);
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-delay-queues.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-timers.html
describe("contract: delays", () => {
  const queues = useQueues(target);

  it("hide a message until they are over, and a long poll sees it then", async () => {
    const queue = await queues();
    const start = performance.now();
    await queue.send("late", { DelaySeconds: 1 });
    expect(await queue.peek()).to.deep.equal([]);
    expect(await queue.receive({ WaitTimeSeconds: 20 })).to.have.length(1);
    expect(secondsSince(start)).to.be.within(0.9, 10);
  });

  it("are the queue's unless the message has its own", async () => {
    const queue = await queues({ DelaySeconds: "900" });
    await queue.send("queue's");
    await queue.send("own", { DelaySeconds: 0 });
    expect((await queue.receive()).map(({ Body }) => Body)).to.deep.equal(["own"]);
    expect(await queue.attribute("ApproximateNumberOfMessagesDelayed")).to.equal("1");
  });

  it("of the queue leave those alone that are already there", async () => {
    const queue = await queues();
    await queue.send("before");
    await queue.set({ DelaySeconds: "900" });
    expect(await queue.receive()).to.have.length(1);
  });
});
