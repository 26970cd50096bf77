// The names of the worker's metrics, which the alarms and the dashboard look at.

export const METRICS_NAMESPACE = "Darkroom";

/** What the worker counts and measures, with CloudWatch's units. Counts are of images, those of failures of messages. */
export const METRIC_UNITS = {
  Rendered: "Count",
  Unchanged: "Count",
  Removed: "Count",
  Rejected: "Count",
  Retried: "Count",
  /** Of those retried: the invocation's time was over, or would have been. */
  Deferred: "Count",
  /** Outcomes that the catalog or the topic did not take. There only when there are any. */
  Untold: "Count",
  BytesIn: "Bytes",
  BytesOut: "Bytes",
  RenderMs: "Milliseconds",
  /** Until somebody looked for the first time. */
  QueueLatencyMs: "Milliseconds",
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
