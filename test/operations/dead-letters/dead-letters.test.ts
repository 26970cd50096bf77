import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import {
  type DeadLetter,
  listDeadLetters,
  toDeadLetter,
} from "../../../operations/dead-letters/dead-letters.ts";
import { queueDepth } from "../../../operations/queue-depth.ts";
import { startTarget, type TestTarget } from "../../support/a-target.ts";
import { rejection } from "../../support/rejection.ts";

function anEvent(key: string, eTag = "etag-1"): string {
  return JSON.stringify({ Records: [{ s3: { bucket: { name: "source" }, object: { key, eTag } } }] });
}

describe("listDeadLetters", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
  });

  afterEach(async () => {
    await target.stop();
  });

  const send = async (body: string, attributes: Record<string, string> = {}) =>
    await target.sqs.send(
      new SendMessageCommand({
        QueueUrl: target.deadLetterQueueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: "String", StringValue },
          ]),
        ),
      }),
    );

  const sendMany = async (count: number) => {
    for (let index = 0; index < count; index++) await send(anEvent(`${index}.jpg`));
  };

  const list = async () => {
    const found: DeadLetter[] = [];
    for await (const letter of listDeadLetters(target, { waitSeconds: 0 })) found.push(letter);
    return found;
  };

  const depth = async () => await queueDepth(target.sqs, target.deadLetterQueueUrl);

  it("finds nothing in an empty queue", async () => {
    expect(await list()).to.deep.equal([]);
  });

  it("tells the reason, the source and the counts", async () => {
    await send(anEvent("a.jpg"), {
      ReasonCode: "TRUNCATED",
      ReasonMessage: "It ends too early.",
      SourceKey: "photos/ü b.jpg",
      ReceiveCount: "3",
      RedriveCount: "1",
      FailedAt: "2026-01-02T03:04:05.000Z",
    });

    const [letter] = await list();

    expect(letter).to.deep.include({
      body: anEvent("a.jpg"),
      reason: { code: "TRUNCATED", message: "It ends too early." },
      sourceKey: "photos/ü b.jpg",
      sourceEtag: "etag-1",
      receiveCount: 3,
      redriveCount: 1,
      failedAt: "2026-01-02T03:04:05.000Z",
    });
  });

  it("pages until it has seen each message once", async () => {
    await sendMany(25);

    const keys = (await list()).map(({ sourceKey }) => sourceKey);

    expect(keys).to.have.length(25);
    expect(new Set(keys)).to.have.property("size", 25);
  });

  it("leaves everything visible", async () => {
    await sendMany(25);

    await list();

    expect(await depth()).to.deep.equal({ visible: 25, inFlight: 0, delayed: 0 });
  });

  it("leaves everything visible when the reader has enough", async () => {
    await sendMany(15);

    for await (const _ of listDeadLetters(target, { waitSeconds: 0 })) break;

    expect(await depth()).to.deep.equal({ visible: 15, inFlight: 0, delayed: 0 });
  });

  it("leaves everything visible when the reader throws", async () => {
    await sendMany(3);
    const read = async () => {
      for await (const _ of listDeadLetters(target, { waitSeconds: 0 })) throw new Error("reader");
    };

    expect((await rejection(read())).message).to.equal("reader");
    expect(await depth()).to.deep.equal({ visible: 3, inFlight: 0, delayed: 0 });
  });

  it("leaves everything visible when it is aborted half-way", async () => {
    await sendMany(25);
    const controller = new AbortController();
    let count = 0;
    const read = async () => {
      const letters = listDeadLetters(target, { waitSeconds: 0, signal: controller.signal });
      for await (const _ of letters) if (++count === 12) controller.abort();
    };

    expect((await rejection(read())).name).to.equal("AbortError");
    expect(count).to.equal(20);
    expect(await depth()).to.deep.equal({ visible: 25, inFlight: 0, delayed: 0 });
  });
});

describe("toDeadLetter", () => {
  it("decodes the key of an event nobody explained", () => {
    const letter = toDeadLetter({ Body: anEvent("my+photos/%C3%BC.jpg", '"quoted"') });

    expect(letter).to.include({ reason: undefined, sourceKey: "my photos/ü.jpg", sourceEtag: "quoted" });
  });

  it("counts the receives itself when the worker did not", () => {
    expect(toDeadLetter({ Attributes: { ApproximateReceiveCount: "6" } }).receiveCount).to.equal(6);
  });

  for (const body of [
    "",
    "{",
    "null",
    "[]",
    '{"Records":[]}',
    '{"Records":"x"}',
    anEvent("%"),
    '{"Records":[null]}',
  ]) {
    it(`has no source in ${JSON.stringify(body.slice(0, 20))}`, () => {
      expect(toDeadLetter({ Body: body })).to.include({ sourceKey: undefined, sourceEtag: undefined });
    });
  }
});
