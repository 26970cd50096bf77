// One page for three questions: is it keeping up, is it failing, when is it done?
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_NAMESPACE, type MetricName } from "../settings/metrics.ts";
import type { Settings } from "../settings/settings.ts";
import type { BufferedQueue } from "./buffered-queue.ts";
import type { RenderFunction } from "./render-function.ts";

interface DashboardArgs {
  settings: Settings;
  queue: BufferedQueue;
  worker: RenderFunction;
  region: pulumi.Output<string>;
}

/** A line of a graph: namespace, metric, dimension, its value, and how it is drawn; or an expression over others. */
type Metric = unknown[];

interface Graph {
  title: string;
  metrics: Metric[];
  statistic?: string;
  unit?: string;
}

const COLUMNS = 24;
const WIDTH = 8;
const HEIGHT = 6;

export function createDashboard(
  name: string,
  args: DashboardArgs,
  options: pulumi.CustomResourceOptions,
): { dashboard: aws.cloudwatch.Dashboard; url: pulumi.Output<string> } {
  const { region } = args;
  const dashboardName = [...new Set([pulumi.getProject(), name, pulumi.getStack()])].join("-");
  const all = graphs(args);
  const widgets = [...all.map((graph, index) => widget(graph, index, region)), reasons(args, all.length)];
  const dashboard = new aws.cloudwatch.Dashboard(
    name,
    { dashboardName, dashboardBody: pulumi.jsonStringify({ widgets }) },
    options,
  );
  const url = pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboard.dashboardName}`;
  return { dashboard, url };
}

function graphs({ settings, queue, worker }: DashboardArgs): Graph[] {
  const { work, backfill, deadLetters } = queue;
  const lanes = [
    { label: "uploads", queue: work },
    ...(backfill ? [{ label: "backfill", queue: backfill }] : []),
  ];
  const ofLanes = (metric: string, stat: string) =>
    lanes.map((lane) => ["AWS/SQS", metric, "QueueName", lane.queue.name, { label: lane.label, stat }]);
  const ofWorker = (metric: string, stat: string, label: string) => [
    "AWS/Lambda",
    metric,
    "FunctionName",
    worker.function.name,
    { label, stat },
  ];
  return [
    {
      title: "Keeping up? Messages waiting",
      metrics: ofLanes("ApproximateNumberOfMessagesVisible", "Maximum"),
    },
    {
      title: "Keeping up? Age of the oldest, seconds",
      metrics: ofLanes("ApproximateAgeOfOldestMessage", "Maximum"),
    },
    { title: "Done when? Minutes at the rate of now", metrics: lanes.flatMap((lane, at) => drain(lane, at)) },
    {
      title: "Failing? Dead letters",
      metrics: [
        [
          ...["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName"],
          deadLetters.name,
          { label: "dead letters", stat: "Maximum", color: "#d62728" },
        ],
      ],
    },
    {
      title: "Failing? Invocations",
      metrics: [ofWorker("Errors", "Sum", "crashed or timed out"), ofWorker("Throttles", "Sum", "throttled")],
    },
    {
      title: `Duration of a batch, ms (limit ${settings.timeoutSeconds * 1000})`,
      metrics: [ofWorker("Duration", "p50", "p50"), ofWorker("Duration", "p99", "p99")],
    },
    { title: "Messages done a minute", metrics: ofLanes("NumberOfMessagesDeleted", "Sum") },
    { title: "Messages in flight", metrics: ofLanes("ApproximateNumberOfMessagesNotVisible", "Maximum") },
    {
      title: "Invocations at once",
      metrics: [ofWorker("ConcurrentExecutions", "Maximum", "environments at work")],
    },
    ...graphsOfImages(worker.function, settings),
  ];
}

/** By the worker's own metrics. */
function graphsOfImages(worker: aws.lambda.Function, { catalog, events }: Settings): Graph[] {
  const byWorker = (metric: MetricName, stat: string, label: string) => [
    METRICS_NAMESPACE,
    metric,
    "FunctionName",
    worker.name,
    { label, stat },
  ];
  return [
    {
      title: "Images a minute",
      metrics: [
        byWorker("Rendered", "Sum", "rendered"),
        byWorker("Unchanged", "Sum", "unchanged"),
        byWorker("Removed", "Sum", "removed"),
      ],
    },
    {
      title: "Failing? Messages a minute",
      metrics: [
        byWorker("Rejected", "Sum", "rejected"),
        byWorker("Retried", "Sum", "retried"),
        byWorker("Deferred", "Sum", "of them for want of time"),
        ...(catalog || events ? [byWorker("Untold", "Sum", "outcomes that nobody heard of")] : []),
      ],
    },
    {
      title: "Keeping up? From upload to the first look, and rendering, ms",
      metrics: [
        byWorker("QueueLatencyMs", "p50", "waited, p50"),
        byWorker("QueueLatencyMs", "p99", "waited, p99"),
        byWorker("RenderMs", "p50", "rendered, p50"),
        byWorker("RenderMs", "p99", "rendered, p99"),
      ],
    },
  ];
}

/** What waits, by what is done a minute. While nothing is done there is no answer: CloudWatch draws no point for x / 0. */
function drain(lane: { label: string; queue: aws.sqs.Queue }, index: number): Metric[] {
  const [waiting, done] = [`waiting${index}`, `done${index}`];
  const ofLane = (metric: string, id: string, stat: string) => [
    ...["AWS/SQS", metric, "QueueName"],
    lane.queue.name,
    { id, stat, visible: false },
  ];
  return [
    [{ expression: `${waiting} / ${done}`, label: lane.label, id: `minutes${index}` }],
    ofLane("ApproximateNumberOfMessagesVisible", waiting, "Maximum"),
    ofLane("NumberOfMessagesDeleted", done, "Sum"),
  ];
}

function widget({ title, metrics }: Graph, index: number, region: pulumi.Output<string>) {
  return {
    type: "metric",
    ...placeOf(index),
    properties: { title, metrics, region, period: 60, view: "timeSeries", yAxis: { left: { min: 0 } } },
  };
}

/** From the worker's own log: one line for each message that was rejected or retried, with its code. */
function reasons({ worker, region }: DashboardArgs, index: number) {
  const query = pulumi.interpolate`SOURCE '${worker.logGroup.name}' | filter event in ["rejected", "retried"] | stats count(*) as messages by event, code | sort messages desc`;
  return {
    type: "log",
    ...{ ...placeOf(index), width: COLUMNS },
    properties: { title: "Failing? Why", query, region, view: "table" },
  };
}

function placeOf(index: number) {
  const perRow = COLUMNS / WIDTH;
  return {
    x: (index % perRow) * WIDTH,
    y: Math.floor(index / perRow) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
  };
}
