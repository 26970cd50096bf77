// Buckets.
import { each, type Rule } from "./rule.ts";
import { allowsOnly, isTiedToSource, refusesWithoutTls, type Statement } from "./statements.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const VERSIONING = "aws:s3/bucketVersioning:BucketVersioning";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";

type LifecycleRule = Record<string, { daysAfterInitiation?: number; noncurrentDays?: number } | undefined>;

export const s3Rules: Record<string, Rule> = {
  "bucket-not-public": {
    says: "A bucket lets nothing become public.",
    controls: ["S3.2", "S3.3", "S3.8"],
    offenders: each(
      BUCKET,
      ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket"],
      ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
        blockPublicAcls && blockPublicPolicy && ignorePublicAcls && restrictPublicBuckets,
    ),
  },
  "bucket-encrypted": {
    says: "A bucket is encrypted; with a key of one's own, with a bucket key.",
    controls: [],
    offenders: each(
      BUCKET,
      ["aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "bucket"],
      ({ rules }) => {
        const [{ applyServerSideEncryptionByDefault = {}, bucketKeyEnabled = false } = {}] = rules ?? [];
        const { sseAlgorithm, kmsMasterKeyId } = applyServerSideEncryptionByDefault;
        return (
          sseAlgorithm === "AES256" || (sseAlgorithm === "aws:kms" && kmsMasterKeyId && bucketKeyEnabled)
        );
      },
    ),
  },
  "bucket-owner-enforced": {
    says: "A bucket owns what is in it: there are no access lists.",
    controls: ["S3.12"],
    offenders: each(
      BUCKET,
      ["aws:s3/bucketOwnershipControls:BucketOwnershipControls", "bucket"],
      ({ rule }) => rule?.objectOwnership === "BucketOwnerEnforced",
    ),
  },
  "bucket-tls-only": {
    says: "A bucket refuses requests without TLS.",
    controls: ["S3.5"],
    offenders: each(BUCKET, [BUCKET_POLICY, "bucket"], ({ policy }) => refusesWithoutTls(policy, /^s3:\*$/)),
  },
  "bucket-policy-narrow": {
    says: "A bucket's policy lets one distribution read, or S3 write logs, and nobody else anything.",
    controls: ["S3.6"],
    offenders: allowsOnly(
      BUCKET_POLICY,
      (statement) => isOfOneDistribution(statement) || isOfLogs(statement),
    ),
  },
  "bucket-forgets-unfinished-uploads": {
    says: "A bucket forgets uploads that never completed, within a day.",
    controls: ["S3.13"],
    offenders: each(BUCKET, [LIFECYCLE, "bucket"], ({ rules }) =>
      rules.some(
        ({ abortIncompleteMultipartUpload }: LifecycleRule) =>
          Number(abortIncompleteMultipartUpload?.daysAfterInitiation) <= 1,
      ),
    ),
  },
  "bucket-forgets-old-versions": {
    says: "A bucket that keeps versions forgets those that were replaced.",
    controls: ["S3.10"],
    offenders: (stack) =>
      stack
        .of(BUCKET)
        .filter((bucket) => stack.about(bucket, VERSIONING, "bucket").length > 0)
        .filter(
          (bucket) =>
            !stack
              .about(bucket, LIFECYCLE, "bucket")
              .some(({ inputs }) =>
                inputs.rules.some(
                  ({ noncurrentVersionExpiration }: LifecycleRule) =>
                    Number(noncurrentVersionExpiration?.noncurrentDays) > 0,
                ),
              ),
        ),
  },
  "bucket-one-notification": {
    says: "A bucket has one notification configuration: a second would replace it.",
    controls: [],
    offenders: (stack) =>
      stack.of(BUCKET).filter((bucket) => stack.about(bucket, NOTIFICATION, "bucket").length > 1),
  },
  "bucket-logs-elsewhere": {
    says: "A bucket's access logs go to another bucket: else each line makes one more.",
    controls: ["S3.9"],
    offenders: (stack) =>
      stack
        .of("aws:s3/bucketLogging:BucketLogging")
        .filter((logging) =>
          stack
            .behind(logging, "targetBucket")
            .some((target) => stack.behind(logging, "bucket").includes(target)),
        ),
  },
};

function isOfOneDistribution({ Action, Condition, Principal }: Statement): boolean {
  const distribution = String(Condition?.StringEquals?.["aws:SourceArn"]);
  const isOne = /^arn:aws:cloudfront:[^*]*:distribution\/[^*]+$/.test(distribution);
  return Action === "s3:GetObject" && serviceOf(Principal) === "cloudfront.amazonaws.com" && isOne;
}

function isOfLogs(statement: Statement): boolean {
  const { Action, Principal } = statement;
  return (
    Action === "s3:PutObject" &&
    serviceOf(Principal) === "logging.s3.amazonaws.com" &&
    isTiedToSource(statement)
  );
}

function serviceOf(principal: unknown): unknown {
  return (principal as { Service?: unknown } | undefined)?.Service;
}
