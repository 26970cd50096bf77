import { expect } from "chai";
import { type Refusal, refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { useQueue, useQueues } from "./a-queue.ts";

const target = useTarget();
const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ Id: `id-${index}`, MessageBody: `body ${index}` }));

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
describe("contract: SendMessageBatch", () => {
  const queue = useQueue(target);
  const queues = useQueues(target);
  const send = (Entries: { Id: string; MessageBody: string }[], QueueUrl = queue.url) =>
    target.sqs.sendMessageBatch({ QueueUrl, Entries });

  it("sends ten, and answers for each", async () => {
    const other = await queues();
    const { Successful = [], Failed = [] } = await send(entries(10), other.url);
    expect(Successful.map(({ Id }) => Id)).to.deep.equal(entries(10).map(({ Id }) => Id));
    expect(Failed).to.deep.equal([]);
    expect(new Set(Successful.map(({ MessageId }) => MessageId)).size).to.equal(10);
  });

  it("sends the good ones and reports the bad", async () => {
    const other = await queues({ MaximumMessageSize: "1024" });
    const { Successful, Failed = [] } = await send(
      [
        { Id: "good", MessageBody: "x" },
        { Id: "long", MessageBody: "x".repeat(1025) },
        { Id: "control", MessageBody: "\u0001" },
      ],
      other.url,
    );
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["good"]);
    expect(Failed.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).to.deep.equal([
      ["long", "InvalidParameterValue", true],
      ["control", "InvalidMessageContents", true],
    ]);
    expect((await other.receive()).map(({ Body }) => Body)).to.deep.equal(["x"]);
  });

  it("delays each by its own time", async () => {
    const other = await queues();
    const Entries = [
      { Id: "now", MessageBody: "now" },
      { Id: "later", MessageBody: "later", DelaySeconds: 900 },
    ];
    await target.sqs.sendMessageBatch({ QueueUrl: other.url, Entries });
    expect((await other.receive()).map(({ Body }) => Body)).to.deep.equal(["now"]);
    expect(await other.attribute("ApproximateNumberOfMessagesDelayed")).to.equal("1");
  });

  it("refuses more than a mebibyte altogether, and sends nothing", async () => {
    const other = await queues();
    const half = "x".repeat(524_288);
    const tooLong = [
      { Id: "a", MessageBody: half },
      { Id: "b", MessageBody: half },
      { Id: "c", MessageBody: "x" },
    ];
    expect(await refused(send(tooLong, other.url))).to.include({ code: "BatchRequestTooLong", status: 400 });
    await send(tooLong.slice(0, 2), other.url);
    expect(await other.attribute("ApproximateNumberOfMessages")).to.equal("2");
  });
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
describe("contract: batches that are refused as a whole", () => {
  const queue = useQueue(target);
  const batches: Record<string, (ids: string[]) => Promise<Refusal>> = {
    SendMessageBatch: (ids) =>
      refused(
        target.sqs.sendMessageBatch({
          QueueUrl: queue.url,
          Entries: ids.map((Id) => ({ Id, MessageBody: "x" })),
        }),
      ),
    DeleteMessageBatch: (ids) =>
      refused(
        target.sqs.deleteMessageBatch({
          QueueUrl: queue.url,
          Entries: ids.map((Id) => ({ Id, ReceiptHandle: "x" })),
        }),
      ),
    ChangeMessageVisibilityBatch: (ids) =>
      refused(
        target.sqs.changeMessageVisibilityBatch({
          QueueUrl: queue.url,
          Entries: ids.map((Id) => ({ Id, ReceiptHandle: "x", VisibilityTimeout: 0 })),
        }),
      ),
  };
  const wrong: [what: string, ids: string[], code: string][] = [
    ["empty", [], "EmptyBatchRequest"],
    ["of eleven", entries(11).map(({ Id }) => Id), "TooManyEntriesInBatchRequest"],
    ["with an id twice", ["same", "same"], "BatchEntryIdsNotDistinct"],
    ["with an id that has a space", ["a b"], "InvalidBatchEntryId"],
    ["with an id of 81 characters", ["i".repeat(81)], "InvalidBatchEntryId"],
  ];
  for (const [name, batch] of Object.entries(batches)) {
    for (const [what, ids, code] of wrong) {
      it(`${name} ${what}`, async () => {
        expect(await batch(ids)).to.include({ code, status: 400 });
      });
    }
  }
});

// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
describe("contract: batches of receipt handles", () => {
  const queues = useQueues(target);

  async function received(count: number) {
    const queue = await queues();
    await target.sqs.sendMessageBatch({ QueueUrl: queue.url, Entries: entries(count) });
    const messages = await queue.receive();
    expect(messages).to.have.length(count);
    return { queue, handles: messages.map(({ ReceiptHandle }) => ReceiptHandle) };
  }

  it("deletes the good ones and reports the bad", async () => {
    const { queue, handles } = await received(2);
    const Entries = [...handles, "nonsense"].map((ReceiptHandle, index) => ({
      Id: `${index}`,
      ReceiptHandle,
    }));
    const { Successful, Failed } = await target.sqs.deleteMessageBatch({ QueueUrl: queue.url, Entries });
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["0", "1"]);
    expect(Failed?.map(({ Id, Code, SenderFault }) => [Id, Code, SenderFault])).to.deep.equal([
      ["2", "ReceiptHandleIsInvalid", true],
    ]);
    expect(await queue.attribute("ApproximateNumberOfMessagesNotVisible")).to.equal("0");
  });

  it("makes the good ones visible and reports the bad", async () => {
    const { queue, handles } = await received(2);
    const Entries = [
      { Id: "back", ReceiptHandle: handles[0], VisibilityTimeout: 0 },
      { Id: "long", ReceiptHandle: handles[1], VisibilityTimeout: 43_201 },
      { Id: "none", ReceiptHandle: "nonsense", VisibilityTimeout: 0 },
    ];
    const { Successful, Failed } = await target.sqs.changeMessageVisibilityBatch({
      QueueUrl: queue.url,
      Entries,
    });
    expect(Successful?.map(({ Id }) => Id)).to.deep.equal(["back"]);
    expect(Failed?.map(({ Id, Code }) => [Id, Code])).to.deep.equal([
      ["long", "InvalidParameterValue"],
      ["none", "ReceiptHandleIsInvalid"],
    ]);
    expect(await queue.receive()).to.have.length(1);
  });
});
