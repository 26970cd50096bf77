// What a batch did, as metrics: CloudWatch takes them out of log lines of this form, without a request or a permission.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
//
// The function logs as JSON, and Lambda passes on a line that is JSON already as it is: CloudWatch finds `_aws` at the root.
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
//
// One line per batch, and one more for each code that a message failed with. Every combination of dimensions is a metric to
// pay for, so there are two only, both bounded: the function, and the code. Keys of objects are in the other lines.
import type { SQSRecord } from "aws-lambda";
import { METRIC_UNITS, METRICS_NAMESPACE, type MetricName } from "../settings/metrics.ts";
import type { Log, LogLine } from "./log.ts";

/** The format takes no more values of one metric in a line. */
const MAX_VALUES = 100;

interface MetricsLine {
  event: "metrics";
  [member: string]: unknown;
}

type Values = Partial<Record<MetricName, number | number[]>>;

export interface BatchMetrics {
  /** Writes a line, and counts what it says. */
  log: Log;
  addRenderMs(milliseconds: number): void;
  /** The lines of the batch, when all of its messages are settled. */
  lines(): MetricsLine[];
}

export function createBatchMetrics(
  records: readonly SQSRecord[],
  functionName: string,
  nowMs: () => number,
  log: Log,
): BatchMetrics {
  const queueLatencyMs = records.flatMap((record) => latencyOf(record, nowMs()));
  const renderMs: number[] = [];
  const logged: LogLine[] = [];
  return {
    log(line) {
      logged.push(line);
      log(line);
    },
    addRenderMs: (milliseconds) => void renderMs.push(milliseconds),
    lines() {
      const failures = failuresOf(logged);
      const line = (values: Values, code?: string) => metricsLine(values, { functionName, code }, nowMs());
      const totals = { ...outcomesOf(logged), ...totalsOf(failures) };
      return [
        ...inChunks({ RenderMs: renderMs, QueueLatencyMs: queueLatencyMs }).map((values, index) =>
          line(index === 0 ? { ...totals, ...values } : values),
        ),
        ...byCode(failures).map(({ code, ...values }) => line(values, code)),
      ];
    },
  };
}

/** How long it waited until somebody looked for the first time; later looks were put off on purpose. */
function latencyOf({ attributes }: SQSRecord, nowMs: number): number[] {
  const sentMs = Number(attributes?.SentTimestamp);
  if (attributes?.ApproximateReceiveCount !== "1" || !(sentMs > 0)) return [];
  return [Math.max(0, nowMs - sentMs)]; // two clocks
}

function outcomesOf(lines: readonly LogLine[]): Values {
  const of = (event: LogLine["event"]) => lines.filter((line) => line.event === event);
  const rendered = of("rendered");
  const untold = of("untold").length;
  return {
    ...(untold > 0 && { Untold: untold }),
    Rendered: rendered.length,
    Unchanged: of("unchanged").length,
    Removed: of("removed").length,
    BytesIn: sum(rendered.map(({ bytesIn = 0 }) => bytesIn)),
    BytesOut: sum(rendered.map(({ bytesOut = 0 }) => bytesOut)),
  };
}

interface Failures {
  rejected: string[];
  retried: string[];
}

/** Codes. A message that the dead-letter queue did not take is retried once, though two lines say why. */
function failuresOf(lines: readonly LogLine[]): Failures {
  const retried = new Map<unknown, string>();
  const rejected: string[] = [];
  for (const { event, messageId, code, failed = 0 } of lines) {
    if (code === undefined) continue;
    if (event === "rejected") rejected.push(code);
    if (event === "retried") retried.set(messageId, code);
    if (event !== "batch") continue;
    // The batch as a whole came to grief, and is reported as a whole.
    retried.clear();
    for (let index = 0; index < failed; index += 1) retried.set(index, code);
  }
  return { rejected, retried: [...retried.values()] };
}

function totalsOf({ rejected, retried }: Failures): Values {
  const deferred = retried.filter((code) => code === "OUT_OF_TIME");
  return { Rejected: rejected.length, Retried: retried.length, Deferred: deferred.length };
}

function byCode({ rejected, retried }: Failures): (Values & { code: string })[] {
  const count = (codes: string[], code: string) => codes.filter((one) => one === code).length;
  return [...new Set([...rejected, ...retried])].map((code) => ({
    code,
    Rejected: count(rejected, code),
    Retried: count(retried, code),
  }));
}

function inChunks(lists: Record<"RenderMs" | "QueueLatencyMs", number[]>): Values[] {
  const longest = Math.max(1, ...Object.values(lists).map(({ length }) => length));
  return Array.from({ length: Math.ceil(longest / MAX_VALUES) }, (_, index) => {
    const chunks = Object.entries(lists).map(([name, list]) => [
      name,
      list.slice(index * MAX_VALUES, (index + 1) * MAX_VALUES),
    ]);
    return Object.fromEntries(chunks.filter(([, chunk]) => chunk?.length !== 0));
  });
}

function metricsLine(
  values: Values,
  { functionName, code }: { functionName: string; code: string | undefined },
  nowMs: number,
): MetricsLine {
  const dimensions = { FunctionName: functionName, ...(code !== undefined && { Code: code }) };
  const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: METRIC_UNITS[name as MetricName] }));
  return {
    event: "metrics",
    ...dimensions,
    ...values,
    _aws: {
      Timestamp: nowMs,
      CloudWatchMetrics: [
        { Namespace: METRICS_NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics: metrics },
      ],
    },
  };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
