// What AWS's documentation leaves open about message move tasks: that a task takes what was there when it started.
import { SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { until } from "../../support/until.ts";

describe("a message move task", () => {
  let cloud: TestCloud;

  before(async () => {
    cloud = await startTestCloud();
  });
  after(() => cloud.stop());

  it("leaves what comes to the dead-letter queue after it has started", async () => {
    const sqs = new SQS(connection(cloud));
    const queue = async (QueueName: string, Attributes: Record<string, string> = {}) => {
      const { QueueUrl = "" } = await sqs.createQueue({ QueueName, Attributes });
      const all = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["QueueArn"] });
      return { QueueUrl, arn: all.Attributes?.QueueArn ?? "" };
    };
    const bodies = async (QueueUrl: string) => {
      const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
      return Messages.map(({ Body }) => Body);
    };
    const dead = await queue("dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    const work = await queue("work", { RedrivePolicy });
    for (const MessageBody of ["a", "b"]) await sqs.sendMessage({ QueueUrl: dead.QueueUrl, MessageBody });

    const slowly = { DestinationArn: work.arn, MaxNumberOfMessagesPerSecond: 10 };
    await sqs.startMessageMoveTask({ SourceArn: dead.arn, ...slowly });
    await sqs.sendMessage({ QueueUrl: dead.QueueUrl, MessageBody: "c" });
    await until("it is done", async () => {
      const { Results: [task] = [] } = await sqs.listMessageMoveTasks({ SourceArn: dead.arn });
      return task?.Status === "COMPLETED";
    });

    expect(await bodies(work.QueueUrl)).to.deep.equal(["a", "b"]);
    expect(await bodies(dead.QueueUrl)).to.deep.equal(["c"]);
  });
});
