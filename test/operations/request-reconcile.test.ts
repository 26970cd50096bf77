import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { messageCount, queueDepth } from "../../operations/queue-depth.ts";
import { requestReconcile } from "../../operations/request-reconcile.ts";
import { startTarget, type TestTarget } from "../support/a-target.ts";

describe("requestReconcile", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });

  afterEach(() => target.stop());

  const keys = Array.from({ length: 21 }, (_, index) => `${index}.jpg`);
  const count = async (queueUrl = "") => messageCount(await queueDepth(target.sqs, queueUrl));

  it("asks on the backfill lane, in messages of so many keys, and leaves the work queue to uploads", async () => {
    await requestReconcile(target, keys, { keysPerMessage: 10 });

    expect(await count(target.workQueueUrl)).to.equal(0);
    expect(await count(target.backfillQueueUrl)).to.equal(3);
    const { Messages = [] } = await target.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: target.backfillQueueUrl, MaxNumberOfMessages: 10 }),
    );
    const bodies = Messages.map(({ Body = "" }) => JSON.parse(Body));
    expect(bodies.map(({ darkroom }) => darkroom)).to.deep.equal(["reconcile", "reconcile", "reconcile"]);
    expect(bodies.flatMap((body) => body.keys)).to.have.members(keys);
    expect(Math.max(...bodies.map((body) => body.keys.length))).to.equal(10);
  });

  it("asks on the work queue when the stack has one lane, by default in a message for each key", async () => {
    await requestReconcile({ ...target, backfillQueueUrl: undefined }, keys);

    expect(await count(target.workQueueUrl)).to.equal(keys.length);
  });
});
