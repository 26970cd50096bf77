// Amazon CloudWatch, as far as it can be answered without keeping a history: how old the oldest message of a queue is, at this
// moment. AWS's own is a minute or two old. A metric that is not known has no values, as in AWS.
import type { GetMetricDataCommandInput, Metric, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import * as client from "@aws-sdk/client-cloudwatch";
import type { Iam } from "../iam/iam.ts";
import type { Authenticate } from "../protocol/authentication.ts";
import { createAwsJsonServer, type RpcHandler } from "../protocol/aws-json.ts";
import type { Handle } from "../protocol/http.ts";
import { readModel, ServiceError } from "../protocol/model.ts";
import type { Sqs } from "../sqs/sqs.ts";

export interface CloudwatchContext {
  iam: Iam;
  sqs: Pick<Sqs, "oldestSentMs">;
  now(): number;
}

interface Front {
  authenticate: Authenticate;
  reportBug(error: unknown): void;
}

const CODES = { MissingParameter: "MissingRequiredParameterException" };

/** Every operation served, by its name in the model. */
export function cloudwatchHandlers({ iam, sqs, now }: CloudwatchContext): Record<string, RpcHandler> {
  const dataOf = ({ Id, Label, MetricStat }: MetricDataQuery) => {
    const seconds = ageOfOldest(MetricStat?.Metric);
    const at = Math.floor(now() / 60_000) * 60;
    const data = seconds === undefined ? [] : [seconds];
    return {
      Id,
      Label: Label ?? MetricStat?.Metric?.MetricName,
      StatusCode: "Complete",
      Timestamps: data.map(() => at),
      Values: data,
    };
  };
  const ageOfOldest = ({ Namespace, MetricName, Dimensions = [] }: Metric = {}): number | undefined => {
    if (Namespace !== "AWS/SQS" || MetricName !== "ApproximateAgeOfOldestMessage") return undefined;
    const sentMs = sqs.oldestSentMs(Dimensions.find(({ Name }) => Name === "QueueName")?.Value ?? "");
    return sentMs === undefined ? undefined : Math.floor((now() - sentMs) / 1000);
  };
  return {
    GetMetricData: async ({ MetricDataQueries = [] }: GetMetricDataCommandInput, { principal }) => {
      if (!principal) throw new ServiceError("AccessDenied", "Access Denied", { status: 403 });
      const context = { "aws:SecureTransport": "true" };
      iam.authorize({ principal, action: "cloudwatch:GetMetricData", resource: "*", context });
      return { MetricDataResults: MetricDataQueries.map(dataOf), Messages: [] };
    },
  };
}

export function createCloudwatch(context: CloudwatchContext, front: Front): Handle {
  return createAwsJsonServer({
    model: readModel(client),
    handlers: cloudwatchHandlers(context),
    namespace: "com.amazonaws.cloudwatch",
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    codes: CODES,
    ...front,
  });
}
