import { expect } from "chai";
import { queueUrl } from "../../../worker/aws/message-queue.ts";

describe("queueUrl", () => {
  const arn = "arn:aws:sqs:eu-central-1:111122223333:backfill";

  it("finds the queue a message came from beside the work queue", () => {
    expect(queueUrl(arn, "https://sqs.eu-central-1.amazonaws.com/111122223333/work")).to.equal(
      "https://sqs.eu-central-1.amazonaws.com/111122223333/backfill",
    );
  });

  it("finds it on one machine too", () => {
    expect(queueUrl(arn, "http://127.0.0.1:4566/111122223333/work")).to.equal(
      "http://127.0.0.1:4566/111122223333/backfill",
    );
  });
});
