// What AWS charges, in USD: us-east-1, first tier, without free tiers, taxes and savings plans. Other regions cost up to a third
// more. The one place for prices, each with the page to look it up again.

/** When they were looked up. */
export const PRICES_AS_OF = "2026-11";

export interface Price {
  usd: number;
  per: string;
  source: string;
  /** Nobody's list says so: it is concluded from another price. */
  isInferred?: true;
}

const LAMBDA = "https://aws.amazon.com/lambda/pricing/";
const SQS = "https://aws.amazon.com/sqs/pricing/";
const S3 = "https://aws.amazon.com/s3/pricing/";
const DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/";
const SNS = "https://aws.amazon.com/sns/pricing/";
const CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/";

export const PRICES = {
  lambdaArm64: { usd: 0.000_013_333_4, per: "GB-second", source: LAMBDA },
  lambdaX86: { usd: 0.000_016_666_7, per: "GB-second", source: LAMBDA },
  lambdaRequest: { usd: 0.2e-6, per: "request", source: LAMBDA },
  /** A twentieth of what a poller of Kafka costs, which moves twenty times as much at most. */
  lambdaPoller: { usd: 0.009_25, per: "poller-hour", source: LAMBDA, isInferred: true },
  /** Of up to 64 KiB. */
  sqsRequest: { usd: 0.4e-6, per: "request", source: SQS },
  /** PUT, COPY, POST and LIST; Standard class. */
  s3Write: { usd: 5e-6, per: "request", source: S3 },
  /** GET, HEAD and all others. */
  s3Read: { usd: 0.4e-6, per: "request", source: S3 },
  /** Of up to 1 KiB; Standard class. */
  dynamodbWrite: { usd: 0.625e-6, per: "write request unit", source: DYNAMODB },
  /** Published, of up to 64 KiB; queues are handed it for nothing. */
  snsRequest: { usd: 0.5e-6, per: "request", source: SNS },
  logGigabyte: { usd: 0.5, per: "GB taken in", source: CLOUDWATCH },
  alarmMetric: { usd: 0.1, per: "metric of an alarm, a month", source: CLOUDWATCH },
  dashboard: { usd: 3, per: "dashboard, a month", source: CLOUDWATCH },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
