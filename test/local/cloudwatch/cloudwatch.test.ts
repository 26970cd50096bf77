// What the SDK's own client is told about queues, with a clock of the test's own.
import { CloudWatchClient, GetMetricDataCommand, type Metric } from "@aws-sdk/client-cloudwatch";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";

describe("GetMetricData", () => {
  let cloud: TestCloud;
  let cloudwatch: CloudWatchClient;
  let nowMs = Date.now();

  before(async () => {
    cloud = await startTestCloud({ now: () => nowMs });
    cloudwatch = new CloudWatchClient(connection(cloud));
  });
  after(() => cloud.stop());

  const AGE = { Namespace: "AWS/SQS", MetricName: "ApproximateAgeOfOldestMessage" };
  const valuesOf = async (metric: Metric, client = cloudwatch) => {
    const query = { Id: "a", MetricStat: { Metric: metric, Period: 60, Stat: "Maximum" } };
    const [StartTime, EndTime] = [new Date(nowMs - 600_000), new Date(nowMs)];
    const asked = new GetMetricDataCommand({ MetricDataQueries: [query], StartTime, EndTime });
    const { MetricDataResults = [] } = await client.send(asked);
    const [{ Id, StatusCode, Timestamps, Values } = {}] = MetricDataResults;
    expect([Id, StatusCode, Timestamps?.length]).to.deep.equal(["a", "Complete", Values?.length]);
    return Values;
  };
  const ofQueue = (Value: string) => ({ ...AGE, Dimensions: [{ Name: "QueueName", Value }] });

  it("says how old the oldest message is, in flight or not, and nothing of what is not there", async () => {
    const sqs = new SQSClient(connection(cloud));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "work" }));
    expect(await valuesOf(ofQueue("work"))).to.deep.equal([]);
    for (const MessageBody of ["a", "b"]) {
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      nowMs += 40_000;
    }
    await sqs.send(new ReceiveMessageCommand({ QueueUrl }));

    expect(await valuesOf(ofQueue("work"))).to.deep.equal([80]);
    expect(await valuesOf(ofQueue("other"))).to.deep.equal([]);
    expect(await valuesOf({ ...ofQueue("work"), MetricName: "NumberOfMessagesSent" })).to.deep.equal([]);
  });

  it("is refused to whoever may not ask", async () => {
    const role = "arn:aws:iam::000000000000:role/nobody";
    const Principal = { Service: "lambda.amazonaws.com" };
    const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
    cloud.iam.putRole(role, JSON.stringify({ Version: "2012-10-17", Statement }));
    const credentials = cloud.iam.assumeRole(role, Principal.Service, "session");
    const nobody = new CloudWatchClient({ ...connection(cloud), credentials });

    expect((await rejection(valuesOf(ofQueue("work"), nobody))).name).to.match(/^AccessDenied/);
  });
});
