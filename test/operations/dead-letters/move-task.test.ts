import { SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { moveAll } from "../../../operations/dead-letters/move-task.ts";
import { startTarget } from "../../support/a-target.ts";
import { drain, sendDeadLetters } from "../../support/dead-letters.ts";

describe("moveAll", () => {
  it("lets SQS move everything, to the queue it is told", async () => {
    const target = await startTarget();
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:dead-letters",
      maxReceiveCount: 5,
    });
    await target.sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: target.workQueueUrl, Attributes: { RedrivePolicy } }),
    );
    await sendDeadLetters(
      target,
      Array.from({ length: 25 }, (_, index) => ({ key: `${index}.jpg` })),
    );

    const task = await moveAll(target, { pollMs: 10 });

    expect(task).to.include({ status: "COMPLETED", moved: 25 });
    expect(await drain(target.sqs, target.backfillQueueUrl ?? "")).to.have.length(25);
    await target.stop();
  });
});
