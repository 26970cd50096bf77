// Dead letters without a reason, as they really come about: SQS moves what no receive of was answered.
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { evidenceText } from "../../cli/terminal/evidence.ts";
import { attemptsIn } from "../../cli/worker-log.ts";
import { type DeadLetter, listDeadLetters } from "../../operations/dead-letters/dead-letters.ts";
import { aDeadLetter, aManifest } from "../support/a-report.ts";
import { startStack, type TestStack } from "../support/a-stack.ts";
import { publish } from "../support/a-target.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { s3Event } from "../support/records.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

describe("a dead letter without a reason", () => {
  let stack: TestStack;
  let folder: TemporaryFolder;
  let moved: DeadLetter;
  const run = (...words: string[]) => darkroomHere([...words, ...stack.words], stack.environment);

  before(async () => {
    folder = temporaryFolder();
    stack = await startStack();
    const { sqs, workQueueUrl: QueueUrl, deadLetterQueueUrl } = stack;
    const deadLetterTargetArn = "arn:aws:sqs:us-east-1:000000000000:dead-letters";
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: s3Event("cat.jpg") }));
    for (let receive = 0; receive < 3; receive++)
      await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0, WaitTimeSeconds: 1 }));
    for await (const letter of listDeadLetters(stack, { waitSeconds: 0 })) moved = letter;
    await sqs.send(new SendMessageCommand({ QueueUrl: deadLetterQueueUrl, MessageBody: "hello" }));
  });
  after(async () => {
    await stack.stop();
    folder.remove();
  });

  it("is told from one that somebody sent", async () => {
    const { stdout } = await run("dlq", "list");

    expect(stdout)
      .to.match(/UNEXPLAINED +2 /)
      .and.to.include("1 moved here by SQS from work")
      .and.to.include("1 sent here by neither SQS nor the worker: by whom?");
  });

  it("says where SQS moved it from, and what is left to do", async () => {
    const before = await run("dlq", "show", moved.messageId);
    const { ETag = "" } = await stack.s3.send(
      new PutObjectCommand({ Bucket: stack.sourceBucket, Key: "cat.jpg", Body: "cat" }),
    );
    await publish(stack, aManifest({ source: { key: "cat.jpg", etag: ETag } }));
    const after = await run("dlq", "show", moved.messageId);
    const json = await run("dlq", "show", moved.messageId, "--json");

    expect(before.stdout).to.include("SQS moved it here from work: no receive of it was answered.");
    expect(before.stdout).to.include("its source is gone, and so is its set:");
    expect(after.stdout).to.match(/Set +of the source as it is now: the work is done/);
    expect(after.stdout).to.match(/Next +nothing is left to do:\n +darkroom dlq drop --id [-0-9a-f]+ /);
    expect(JSON.parse(json.stdout)).to.include({ code: "UNEXPLAINED", movedFrom: "work", set: "current" });
  });

  it("is explained by what the worker logged about it", async () => {
    const line = (message: object) => JSON.stringify(message);
    const attempt = { event: "retried", messageId: "message-1", receiveCount: 4 };
    const path = folder.write(
      "worker.log",
      [
        "INIT_START",
        line({ ...attempt, code: "ACCESS_DENIED", message: "No sqs:SendMessage." }),
        line({ ...attempt, messageId: "message-2", code: "NETWORK", message: "message-1" }),
        '{"cut',
      ].join("\n"),
    );
    const letter = aDeadLetter({ reason: undefined });
    const evidence = { source: undefined, set: "stale", functionName: "worker-1" } as const;
    const log = await attemptsIn(path, "message-1");
    const command = (words: string) => `darkroom ${words}`;

    expect(evidenceText(letter, { ...evidence, log }, command)).to.match(
      /Log +receive 4, retried ACCESS_DENIED: No sqs:SendMessage\.\nNext/,
    );
    expect(
      evidenceText(letter, { ...evidence, log: await attemptsIn(join(folder.path, "none"), "x") }, command),
    ).to.match(/Log +no line about it: each time, the worker ended/);
    expect(evidenceText(letter, { ...evidence, log: undefined }, command)).to.include(
      "aws logs filter-log-events --log-group-name /aws/lambda/worker-1\n",
    );
  });
});
