import {
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { followUntilDrained, type Progress } from "../../operations/follow.ts";
import { queueDepth } from "../../operations/queue-depth.ts";
import { aManifest } from "../support/a-report.ts";
import { publish, startTarget, type TestTarget } from "../support/a-target.ts";
import { rejection } from "../support/rejection.ts";

const quick = { pollMs: 1, settleMs: 10, waitSeconds: 0 };

describe("followUntilDrained", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });

  afterEach(async () => {
    await target.stop();
  });

  const source = (key: string) => ({ key, etag: "etag-1" });

  const send = async (queueUrl: string, attributes: Record<string, string> = {}) =>
    await target.sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: "{}",
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: "String", StringValue },
          ]),
        ),
      }),
    );

  it("tells done, rejected and pending apart once the queue is empty", async () => {
    await publish(target, aManifest({ source: { key: "done.jpg" }, renditions: [] }));
    await send(target.deadLetterQueueUrl, {
      SourceKey: "bad.jpg",
      ReasonCode: "CORRUPT",
      ReasonMessage: "It is.",
    });

    const outcomes = await followUntilDrained(
      target,
      ["done.jpg", "bad.jpg", "nobody.jpg"].map(source),
      quick,
    );

    expect([...outcomes].map(([key, { state }]) => `${key} ${state}`)).to.deep.equal([
      "done.jpg done",
      "bad.jpg rejected",
      "nobody.jpg pending",
    ]);
    expect(await queueDepth(target.sqs, target.deadLetterQueueUrl)).to.include({ visible: 1, inFlight: 0 });
  });

  it("waits for the backfill lane too", async () => {
    await publish(target, aManifest({ source: { key: "done.jpg" }, renditions: [] }));
    await send(target.backfillQueueUrl ?? "");
    const visible: number[] = [];
    const onProgress = ({ depth }: Progress) => {
      visible.push(depth.visible);
      if (visible.length === 3) {
        void target.sqs.send(new PurgeQueueCommand({ QueueUrl: target.backfillQueueUrl }));
      }
    };

    await followUntilDrained(target, [source("done.jpg")], { ...quick, onProgress });

    expect(visible.slice(0, 3)).to.deep.equal([1, 1, 1]);
  });

  describe("while a message is in flight", () => {
    let finish: () => Promise<unknown>;

    beforeEach(async () => {
      await send(target.workQueueUrl);
      const received = await target.sqs.send(new ReceiveMessageCommand({ QueueUrl: target.workQueueUrl }));
      const ReceiptHandle = received.Messages?.[0]?.ReceiptHandle;
      finish = () =>
        target.sqs.send(new DeleteMessageCommand({ QueueUrl: target.workQueueUrl, ReceiptHandle }));
    });

    it("waits, although every source has an outcome", async () => {
      await publish(target, aManifest({ source: { key: "done.jpg" }, renditions: [] }));
      const inFlight: number[] = [];
      const onProgress = ({ depth }: Progress) => {
        inFlight.push(depth.inFlight);
        if (inFlight.length === 3) void finish();
      };

      await followUntilDrained(target, [source("done.jpg")], { ...quick, onProgress });

      expect(inFlight.slice(0, 3)).to.deep.equal([1, 1, 1]);
      expect(inFlight.slice(-2)).to.deep.equal([0, 0]);
    });

    it("reads the newest manifest at the end, not the one it saw first", async () => {
      await publish(target, aManifest({ source: { key: "a.jpg" }, recipe: "old", renditions: [] }));
      let looks = 0;
      const onProgress = () => {
        if (++looks > 1) return;
        void publish(target, aManifest({ source: { key: "a.jpg" }, recipe: "new", renditions: [] })).then(
          finish,
        );
      };

      const outcomes = await followUntilDrained(target, [source("a.jpg")], { ...quick, onProgress });

      expect(outcomes.get("a.jpg")).to.have.nested.property("manifest.recipe", "new");
    });
  });

  it("stops at once when aborted", async () => {
    await send(target.workQueueUrl);
    const controller = new AbortController();

    const following = followUntilDrained(target, [source("a.jpg")], {
      ...quick,
      pollMs: 60_000,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });

    expect((await rejection(following)).name).to.equal("AbortError");
  });
});
