import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type FateOptions, followRedriven } from "../../../operations/dead-letters/redrive-fate.ts";
import { aDeadLetter, aManifest } from "../../support/a-report.ts";
import { publish, startTarget, type TestTarget } from "../../support/a-target.ts";
import { drain, sendDeadLetters } from "../../support/dead-letters.ts";
import { s3Event } from "../../support/records.ts";

const BODY = s3Event("cat.jpg");

describe("followRedriven", () => {
  let target: TestTarget;

  beforeEach(async () => {
    target = await startTarget();
    const { ETag = "" } = await putSource(target.s3);
    await publish(target, aManifest({ source: { etag: ETag } }));
  });
  afterEach(() => target.stop());

  const putSource = (s3: S3Client) =>
    s3.send(new PutObjectCommand({ Bucket: target.sourceBucket, Key: "cat.jpg", Body: "cat" }));
  const wait = () =>
    target.sqs.send(new SendMessageCommand({ QueueUrl: target.backfillQueueUrl, MessageBody: BODY }));
  const after = "2099-01-01T00:00:00.000Z";
  const before = "2020-01-01T00:00:00.000Z";
  const fateOf = async (part: Parameters<typeof aDeadLetter>[0], options: FateOptions = {}) => {
    const letter = aDeadLetter({ body: BODY, ...part });
    const timing = { pollMs: 10, settleMs: 40, limitMs: 200, waitSeconds: 0 };
    return (await followRedriven(target, [letter], { ...timing, ...options })).get(letter);
  };

  it("is done when the set was written since it failed, whatever else waits", async () => {
    await wait();

    expect(await fateOf({ failedAt: before })).to.deep.equal({ state: "done" });
  });

  it("does not take the set that was there before for a success", async () => {
    await wait();

    expect(await fateOf({ failedAt: after })).to.deep.equal({ state: "pending" });
  });

  it("takes it for one when nothing is left to do", async () => {
    await wait();
    await drain(target.sqs, target.backfillQueueUrl ?? "");

    expect(await fateOf({ failedAt: after })).to.deep.equal({ state: "done" });
  });

  it("is pending when nothing is left to do, and the set is of other content", async () => {
    await target.s3.send(
      new PutObjectCommand({ Bucket: target.sourceBucket, Key: "cat.jpg", Body: "another cat" }),
    );

    expect(await fateOf({ failedAt: before })).to.deep.equal({ state: "pending" });
  });

  it("is not decided by new uploads in the other queue", async () => {
    await target.sqs.send(
      new SendMessageCommand({ QueueUrl: target.workQueueUrl, MessageBody: s3Event("dog.jpg") }),
    );

    expect(await fateOf({ failedAt: after })).to.deep.equal({ state: "done" });
  });

  it("is rejected again, although letters of the same event were never redriven", async () => {
    const twin = { key: "cat.jpg", body: BODY };
    await sendDeadLetters(target, [twin, { ...twin, redriveCount: 1, reason: "CORRUPT" }, twin]);

    expect(await fateOf({ failedAt: after })).to.deep.equal({ state: "rejected", code: "CORRUPT" });
  });

  it("is rejected again after SQS has moved it, which counts no redrives", async () => {
    await wait();
    await sendDeadLetters(target, [{ key: "cat.jpg", body: BODY, reason: "CORRUPT" }]);

    expect(await fateOf({ failedAt: after })).to.deep.equal({ state: "pending" });
    expect(await fateOf({ failedAt: after }, { isNative: true })).to.deep.equal({
      state: "rejected",
      code: "CORRUPT",
    });
  });
});
