// When somebody should look, and what to look at first. Each alarm goes to one topic; missing data is quiet data: SQS sends no
// metrics of a queue that rests for hours, Lambda none of a function that nobody calls.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  deadLetterAlarmSeconds,
  laggingAlarmSeconds,
  MAX_IN_FLIGHT,
  workQueueRetentionSeconds,
} from "../settings/derived.ts";
import { METRICS_NAMESPACE, type MetricName } from "../settings/metrics.ts";
import type { Settings } from "../settings/settings.ts";
import type { BufferedQueue } from "./buffered-queue.ts";
import { denyWithoutTls, policy } from "./policy.ts";
import type { RenderFunction } from "./render-function.ts";

export interface AlarmsArgs {
  settings: Settings;
  queue: BufferedQueue;
  worker: RenderFunction;
  accountId: pulumi.Input<string>;
  region: pulumi.Input<string>;
}

/** What an alarm looks at: more than `threshold` in so many of the last periods. */
interface Watch {
  says: string;
  metric: string;
  /** Whichever is more: that of the worker is there within a minute, that of a queue that rested, a quarter of an hour later. */
  orOfWorker?: { metric: MetricName; function: aws.lambda.Function };
  of: { queue: aws.sqs.Queue } | { function: aws.lambda.Function };
  statistic: "Maximum" | "Sum" | "p99";
  threshold: number;
  periodSeconds: 60 | 300;
  /** `[2, 3]` is two of the last three. */
  periods: readonly [breaching: number, of: number];
}

export class Alarms extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, args: AlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Alarms", name, {}, options);
    const { settings } = args;
    const child = { parent: this };
    this.topic = new aws.sns.Topic(name, { tags: settings.tags }, child);
    new aws.sns.TopicPolicy(name, { arn: this.topic.arn, policy: acceptAlarms(this.topic, args) }, child);
    for (const endpoint of settings.alarmEmails) {
      const subscription = { topic: this.topic.arn, protocol: "email", endpoint };
      new aws.sns.TopicSubscription(`${name}-${endpoint}`, subscription, child);
    }
    for (const [alarmName, watch] of Object.entries(watches(args))) {
      new aws.cloudwatch.MetricAlarm(`${name}-${alarmName}`, this.#alarm(alarmName, watch, settings), child);
    }
    this.registerOutputs({ topicArn: this.topic.arn });
  }

  #alarm(alarmName: string, watch: Watch, { tags }: Settings): aws.cloudwatch.MetricAlarmArgs {
    const { says, metric, of, statistic, threshold, periodSeconds } = watch;
    const [datapointsToAlarm, evaluationPeriods] = watch.periods;
    return {
      alarmDescription: `${says} See docs/runbook.md#${alarmName}.`,
      ...(watch.orOfWorker
        ? { metricQueries: eitherOf(watch, watch.orOfWorker) }
        : {
            ...sourceOf(of),
            metricName: metric,
            ...(statistic === "p99" ? { extendedStatistic: statistic } : { statistic }),
            period: periodSeconds,
          }),
      comparisonOperator: "GreaterThanThreshold",
      ...{ threshold, datapointsToAlarm, evaluationPeriods },
      treatMissingData: "notBreaching",
      alarmActions: [this.topic.arn],
      okActions: [this.topic.arn],
      tags,
    };
  }
}

function sourceOf(of: Watch["of"]) {
  return "queue" in of
    ? { namespace: "AWS/SQS", dimensions: { QueueName: of.queue.name } }
    : { namespace: "AWS/Lambda", dimensions: { FunctionName: of.function.name } };
}

function eitherOf(
  { says, of, metric, statistic, periodSeconds }: Watch,
  worker: { metric: MetricName; function: aws.lambda.Function },
) {
  const period = periodSeconds;
  return [
    { id: "either", expression: "MAX([FILL(queue, 0), FILL(worker, 0)])", label: says, returnData: true },
    { id: "queue", metric: { ...sourceOf(of), metricName: metric, stat: statistic, period } },
    {
      id: "worker",
      metric: {
        namespace: METRICS_NAMESPACE,
        dimensions: { FunctionName: worker.function.name },
        metricName: worker.metric,
        stat: "Sum",
        period,
      },
    },
  ];
}

/** Only alarms, and only of this account. */
function acceptAlarms({ arn }: aws.sns.Topic, { accountId, region }: AlarmsArgs) {
  return policy(
    {
      Sid: "AcceptAlarms",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arn,
      Condition: {
        ArnLike: { "aws:SourceArn": pulumi.interpolate`arn:aws:cloudwatch:${region}:${accountId}:alarm:*` },
        StringEquals: { "aws:SourceAccount": accountId },
      },
    },
    denyWithoutTls("sns:Publish", arn),
  );
}

function watches({ settings, queue, worker }: AlarmsArgs): Record<string, Watch> {
  const { work, backfill, deadLetters } = queue;
  return {
    ...deadLetterWatches(deadLetters, worker.function, settings),
    ...laneWatches(
      "work",
      work,
      laggingAlarmSeconds(settings),
      "New uploads wait too long: is the worker failing?",
    ),
    ...(backfill &&
      laneWatches(
        "backfill",
        backfill,
        0.75 * workQueueRetentionSeconds(settings),
        "A backfill has waited for most of the time that the queue keeps it: what is left will be lost.",
      )),
    ...functionWatches(worker.function, settings),
  };
}

function deadLetterWatches(
  deadLetters: aws.sqs.Queue,
  worker: aws.lambda.Function,
  settings: Settings,
): Record<string, Watch> {
  const common = { of: { queue: deadLetters }, statistic: "Maximum" } as const;
  return {
    "dead-letters": {
      ...common,
      says: "Images were rejected or gave up. Each dead letter says why: look at them by reason, then redrive or drop them.",
      metric: "ApproximateNumberOfMessagesVisible",
      orOfWorker: { metric: "Rejected", function: worker },
      threshold: 0,
      periodSeconds: 60,
      // Bridges the time until the queue, which rested, has metrics again: one alarm, not two.
      periods: [1, 15],
    },
    "dead-letters-expiring": {
      ...common,
      says: "Dead letters have waited so long that SQS will soon forget them. Redrive or export them now.",
      metric: "ApproximateAgeOfOldestMessage",
      threshold: deadLetterAlarmSeconds(settings),
      periodSeconds: 300,
      periods: [1, 1],
    },
  };
}

function laneWatches(
  lane: string,
  queue: aws.sqs.Queue,
  maxAgeSeconds: number,
  says: string,
): Record<string, Watch> {
  const common = { of: { queue }, statistic: "Maximum", periodSeconds: 300, periods: [3, 3] } as const;
  return {
    [`${lane}-age`]: { ...common, says, metric: "ApproximateAgeOfOldestMessage", threshold: maxAgeSeconds },
    [`${lane}-in-flight`]: {
      ...common,
      says: "So many messages are in flight that SQS will soon hand out no more. Lower batchSize or the concurrency.",
      metric: "ApproximateNumberOfMessagesNotVisible",
      threshold: 0.9 * MAX_IN_FLIGHT,
    },
  };
}

function functionWatches(worker: aws.lambda.Function, { timeoutSeconds }: Settings): Record<string, Watch> {
  const of = { function: worker };
  return {
    errors: {
      of,
      says: "Invocations crashed or ran out of time: their whole batches are received again. The function's log says more.",
      metric: "Errors",
      statistic: "Sum",
      threshold: 0,
      periodSeconds: 300,
      periods: [2, 3],
    },
    throttles: {
      of,
      says: "Lambda refuses invocations: the account or the function has too little concurrency.",
      metric: "Throttles",
      statistic: "Sum",
      threshold: 0,
      periodSeconds: 60,
      periods: [5, 5],
    },
    duration: {
      of,
      says: "One invocation in a hundred takes most of the time it may: raise timeoutSeconds or memoryMiB, or lower batchSize.",
      metric: "Duration",
      statistic: "p99",
      threshold: 800 * timeoutSeconds,
      periodSeconds: 300,
      periods: [3, 3],
    },
  };
}
