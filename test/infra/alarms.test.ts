import { expect } from "chai";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const TOPIC = "arn:aws:sns:eu-west-1:123456789012:photos-alarms-1a2b3c4";

describe("The alarms", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({
      timeoutSeconds: 100,
      sourceRetentionDays: 4,
      alarmEmails: ["a@example.org", "b@example.org"],
    });
  });

  it("are these, each over metrics that exist", () => {
    const table = run
      .of(ALARM)
      .filter(({ name }) => !name.endsWith("-dead-letters"))
      .map(({ name, inputs }) => [
        name.replace("photos-alarms-", ""),
        [inputs.namespace, inputs.metricName, ...Object.entries(inputs.dimensions).flat()].join(" "),
        inputs.statistic ?? inputs.extendedStatistic,
        inputs.threshold,
      ]);
    const age = "AWS/SQS ApproximateAgeOfOldestMessage QueueName";
    const inFlight = "AWS/SQS ApproximateNumberOfMessagesNotVisible QueueName";
    const days = 24 * 60 * 60;
    expect(table).to.have.deep.members([
      ["dead-letters-expiring", `${age} photos-dead-letters-1a2b3c4`, "Maximum", 7.5 * days],
      ["work-age", `${age} photos-work-1a2b3c4`, "Maximum", 1200],
      ["work-in-flight", `${inFlight} photos-work-1a2b3c4`, "Maximum", 90_000],
      ["backfill-age", `${age} photos-backfill-1a2b3c4`, "Maximum", 3 * days],
      ["backfill-in-flight", `${inFlight} photos-backfill-1a2b3c4`, "Maximum", 90_000],
      ["errors", "AWS/Lambda Errors FunctionName photos-worker-1a2b3c4", "Sum", 0],
      ["throttles", "AWS/Lambda Throttles FunctionName photos-worker-1a2b3c4", "Sum", 0],
      ["duration", "AWS/Lambda Duration FunctionName photos-worker-1a2b3c4", "p99", 80_000],
    ]);
  });

  it("hear of dead letters from the worker at once, and from the queue as long as they are there", () => {
    const { inputs } = run.one(ALARM, "photos-alarms-dead-letters-expiring");
    expect(inputs).not.to.have.property("metricQueries");
    const [alarm] = run.of(ALARM).filter(({ name }) => name === "photos-alarms-dead-letters");
    expect(alarm?.inputs).to.include({ threshold: 0, datapointsToAlarm: 1, evaluationPeriods: 15 });
    const [either, ...metrics] = alarm?.inputs.metricQueries ?? [];
    expect(either).to.include({ expression: "MAX([FILL(queue, 0), FILL(worker, 0)])", returnData: true });
    expect(metrics).to.deep.equal([
      {
        id: "queue",
        metric: {
          namespace: "AWS/SQS",
          dimensions: { QueueName: "photos-dead-letters-1a2b3c4" },
          metricName: "ApproximateNumberOfMessagesVisible",
          stat: "Maximum",
          period: 60,
        },
      },
      {
        id: "worker",
        metric: {
          namespace: "Darkroom",
          dimensions: { FunctionName: "photos-worker-1a2b3c4" },
          metricName: "Rejected",
          stat: "Sum",
          period: 60,
        },
      },
    ]);
  });

  it("all tell the topic when they begin and when they end, and say what to do", () => {
    for (const { name, inputs } of run.of(ALARM)) {
      expect(inputs.alarmActions, name).to.deep.equal([TOPIC]);
      expect(inputs.okActions, name).to.deep.equal([TOPIC]);
      expect(inputs.treatMissingData, name).to.equal("notBreaching");
      expect(inputs.comparisonOperator, name).to.equal("GreaterThanThreshold");
      expect(inputs.datapointsToAlarm, name).to.be.within(1, inputs.evaluationPeriods);
      expect(inputs.alarmDescription, name).to.match(/^[A-Z].*[.?]$/);
    }
  });

  it("reach every address, and the topic takes them from nobody else", () => {
    const subscriptions = run.of("aws:sns/topicSubscription:TopicSubscription").map(({ inputs }) => inputs);
    expect(subscriptions).to.deep.equal([
      { topic: TOPIC, protocol: "email", endpoint: "a@example.org" },
      { topic: TOPIC, protocol: "email", endpoint: "b@example.org" },
    ]);
    const { AcceptAlarms, DenyWithoutTls } = statementsOf(
      run.one("aws:sns/topicPolicy:TopicPolicy").inputs.policy,
    );
    expect(AcceptAlarms).to.deep.equal({
      Sid: "AcceptAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: TOPIC,
      Condition: {
        ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:*" },
        StringEquals: { "aws:SourceAccount": "123456789012" },
      },
    });
    expect(DenyWithoutTls?.Effect).to.equal("Deny");
  });

  it("do without a second lane, and without addresses", async () => {
    const single = await declareDarkroom({ backfill: false });
    expect(single.of(ALARM)).to.have.length(7);
    expect(single.of("aws:sns/topicSubscription:TopicSubscription")).to.deep.equal([]);
  });
});

describe("The dashboard", () => {
  interface Widget {
    type: string;
    x: number;
    y: number;
    width: number;
    height: number;
    properties: { title: string; metrics?: unknown[][]; query?: string; region: string };
  }

  let name: string;
  let widgets: Widget[];

  before(async () => {
    const { inputs } = (await declareDarkroom()).one("aws:cloudwatch/dashboard:Dashboard");
    name = inputs.dashboardName;
    widgets = JSON.parse(inputs.dashboardBody).widgets;
  });

  it("is named after the project, the component and the stack", () => {
    expect(name).to.equal("darkroom-photos-test");
  });

  it("asks whether it is keeping up, whether it is failing, and when it is done", () => {
    const questions = new Set(widgets.map(({ properties }) => /^[^?]+\?/.exec(properties.title)?.[0]));
    expect([...questions]).to.include.members(["Keeping up?", "Failing?", "Done when?"]);
  });

  it("lays its widgets out side by side, none over another", () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`),
    );
    expect(new Set(cells).size).to.equal(cells.length);
    for (const { x, width } of widgets) expect(x + width).to.be.at.most(24);
  });

  it("refers in its expressions only to metrics of the same graph", () => {
    for (const { properties } of widgets) {
      const last = (properties.metrics ?? []).map((metric) => metric.at(-1) as Record<string, string>);
      const ids = last.flatMap(({ id }) => id ?? []);
      for (const { expression = "" } of last)
        for (const [used] of expression.matchAll(/[a-z]+\d+/g)) expect(ids).to.include(used);
    }
    expect(JSON.stringify(widgets)).to.include("waiting0 / done0");
  });

  it("shows only what is there", () => {
    const text = JSON.stringify(widgets);
    expect(text).not.to.include("undefined");
    for (const { properties } of widgets) expect(properties.region).to.equal("eu-west-1");
    expect(text).to.include("photos-backfill-1a2b3c4").and.include("SOURCE 'photos-worker-1a2b3c4'");
  });
});
