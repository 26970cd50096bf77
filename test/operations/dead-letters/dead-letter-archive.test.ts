import { expect } from "chai";
import { dropDeadLetters, fromLine } from "../../../operations/dead-letters/dead-letter-archive.ts";
import { type DeadLetter, listDeadLetters } from "../../../operations/dead-letters/dead-letters.ts";
import { queueDepth } from "../../../operations/queue-depth.ts";
import { startTarget, type TestTarget } from "../../support/a-target.ts";
import { sendDeadLetters } from "../../support/dead-letters.ts";
import { rejection } from "../../support/rejection.ts";

describe("dropDeadLetters", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
    await sendDeadLetters(target, [{ key: "a.jpg" }, { key: "b.jpg" }]);
  });
  afterEach(() => target.stop());

  const messageIds = async () => {
    const ids = new Set<string>();
    for await (const { messageId } of listDeadLetters(target, { waitSeconds: 0 })) ids.add(messageId);
    return ids;
  };

  it("deletes nothing that could not be kept", async () => {
    const keep = async () => Promise.reject(new Error("The disk is full."));

    const { message } = await rejection(
      dropDeadLetters(target, { messageIds: await messageIds(), keep, waitSeconds: 0 }),
    );

    expect(message).to.equal("The disk is full.");
    expect(await queueDepth(target.sqs, target.deadLetterQueueUrl)).to.include({ visible: 2, inFlight: 0 });
  });

  it("leaves what came after the decision", async () => {
    const decided = await messageIds();
    await sendDeadLetters(target, [{ key: "later.jpg" }]);
    const kept: DeadLetter[] = [];
    const keep = async (letters: readonly DeadLetter[]) => void kept.push(...letters);

    expect(await dropDeadLetters(target, { messageIds: decided, keep, waitSeconds: 0 })).to.equal(2);

    expect(kept.map(({ sourceKey }) => sourceKey)).to.deep.equal(["a.jpg", "b.jpg"]);
    expect(await queueDepth(target.sqs, target.deadLetterQueueUrl)).to.include({ visible: 1, inFlight: 0 });
  });
});

describe("fromLine", () => {
  for (const line of ["{", "{}", '{"messageId":"1","sentAt":"","body":1,"attributes":{}}']) {
    it(`refuses ${line}`, () => {
      expect(() => fromLine(line, "line 3")).to.throw(
        "Expected a dead letter that `dlq export` wrote for line 3, but received",
      );
    });
  }
});
