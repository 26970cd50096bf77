// What AWS charges, in USD: us-east-1, first tier, without the free tier, taxes and savings plans. Other regions cost up to a
// third more. Looked up in November 2026; the pages are where to look again.

export const PRICES_AS_OF = "2026-11";

/** https://aws.amazon.com/lambda/pricing/ */
export const LAMBDA_GB_SECOND = { arm64: 0.000_013_333_4, x86_64: 0.000_016_666_7 } as const;
export const LAMBDA_REQUEST = 0.2e-6;

/** https://aws.amazon.com/sqs/pricing/ A request of up to 64 KiB. */
export const SQS_REQUEST = 0.4e-6;

/** https://aws.amazon.com/s3/pricing/ Standard class. */
export const S3_PUT = 5e-6;
export const S3_GET = 0.4e-6;
