// How long the oldest message of each lane has waited. SQS tells it to CloudWatch only: AWS's figure is a minute or two old, and
// none is there in the first minutes after a queue has rested for hours. Receiving to find out would count as an attempt.
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Lane } from "./engine.ts";
import type { Target } from "./target.ts";

/** By lane, as far as CloudWatch tells; empty for who may not ask it. */
export type Ages = Partial<Record<Lane, number>>;

const PERIOD_SECONDS = 60;
/** Of the past, the newest counts; SQS's figures come late. */
const LOOK_BACK_MS = 10 * 60_000;

export async function oldestAges(target: Target, signal?: AbortSignal): Promise<Ages> {
  const { cloudwatch, workQueueUrl: work, backfillQueueUrl: backfill } = target;
  if (!cloudwatch) return {};
  const urls = { work, ...(backfill !== undefined && { backfill }) };
  try {
    const { GetMetricDataCommand } = await import("@aws-sdk/client-cloudwatch");
    const nowMs = Date.now();
    const asked = new GetMetricDataCommand({
      MetricDataQueries: Object.entries(urls).map(([lane, url]) => queryOf(lane, url)),
      StartTime: new Date(nowMs - LOOK_BACK_MS),
      EndTime: new Date(nowMs),
      ScanBy: "TimestampDescending",
    });
    const client = await cloudwatch();
    const { MetricDataResults = [] } = await client.send(asked, { ...(signal && { abortSignal: signal }) });
    const newest = MetricDataResults.map(({ Id, Values }) => [Id, Values?.[0]]);
    return Object.fromEntries(newest.filter(([, seconds]) => seconds !== undefined));
  } catch {
    // Whoever looks may be allowed to look at queues only, or at a place that has no CloudWatch.
    signal?.throwIfAborted();
    return {};
  }
}

function queryOf(Id: string, queueUrl: string): MetricDataQuery {
  const Dimensions = [{ Name: "QueueName", Value: queueUrl.split("/").at(-1) }];
  const Metric = { Namespace: "AWS/SQS", MetricName: "ApproximateAgeOfOldestMessage", Dimensions };
  return { Id, MetricStat: { Metric, Period: PERIOD_SECONDS, Stat: "Maximum" } };
}
