// A bucket that is private, encrypted, owned by its account alone, and reached only over TLS.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { denyWithoutTls, policy, type Statement } from "./policy.ts";

/** A bucket, whosever it is. */
export interface BucketAddress {
  name: pulumi.Output<string>;
  arn: pulumi.Output<string>;
}

/** For the statements of a policy. */
export function keysOf({ arn }: Pick<BucketAddress, "arn">): pulumi.Output<string> {
  return pulumi.interpolate`${arn}/*`;
}

export interface PrivateBucketArgs {
  /** Keeps what is overwritten and deleted for 30 days. */
  versioned: boolean;
  /** Refuses deletion; without it, `pulumi destroy` empties the bucket first. */
  protect: boolean;
  /** Encrypts with it; without one, with S3's own keys. */
  kmsKeyArn: string | undefined;
  tags: Record<string, string>;
  /** Forgets what is in it after so many days. */
  expireDays?: number;
  /** Who else may do what, for the bucket's policy. */
  allow?: (arn: pulumi.Output<string>) => Statement[];
}

const NONCURRENT_DAYS = 30;

export class PrivateBucket extends pulumi.ComponentResource implements BucketAddress {
  readonly bucket: aws.s3.Bucket;
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Until it is in force, nobody else may do anything. */
  readonly policy: aws.s3.BucketPolicy;

  constructor(name: string, args: PrivateBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:PrivateBucket", name, {}, options);
    const { protect, tags } = args;
    this.bucket = new aws.s3.Bucket(name, { forceDestroy: !protect, tags }, { parent: this, protect });
    this.name = this.bucket.bucket;
    this.arn = this.bucket.arn;

    const bucket = this.bucket.id;
    const child = { parent: this };
    const block = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketOwnershipControls(
      name,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      child,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      { bucket, rules: [encryption(args.kmsKeyArn)] },
      child,
    );
    const versioning = args.versioned ? keepVersions(name, bucket, child) : [];
    expireLeftovers(name, bucket, args, { ...child, dependsOn: versioning });
    // S3 refuses two changes of a bucket's access at once; the block comes first.
    this.policy = new aws.s3.BucketPolicy(
      name,
      {
        bucket,
        policy: policy(...(args.allow?.(this.arn) ?? []), denyWithoutTls("s3:*", this.arn, keysOf(this))),
      },
      { ...child, dependsOn: block },
    );
    this.registerOutputs({ name: this.name, arn: this.arn });
  }
}

/** A bucket key saves nearly all calls to KMS: one per bucket and a while, instead of one per object. */
function encryption(kmsMasterKeyId: string | undefined) {
  if (kmsMasterKeyId === undefined) return { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
  return {
    applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId },
    bucketKeyEnabled: true,
  };
}

function keepVersions(name: string, bucket: pulumi.Output<string>, options: pulumi.CustomResourceOptions) {
  const versioningConfiguration = { status: "Enabled" };
  return [new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration }, options)];
}

/** What nobody sees but everybody pays for: parts of uploads that never completed, and versions long replaced. */
function expireLeftovers(
  name: string,
  bucket: pulumi.Output<string>,
  { versioned, expireDays }: PrivateBucketArgs,
  options: pulumi.CustomResourceOptions,
) {
  const common = { status: "Enabled", filter: {} };
  const rules = [
    {
      ...common,
      id: "incomplete-uploads",
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    },
    ...(versioned
      ? [
          {
            ...common,
            id: "noncurrent-versions",
            noncurrentVersionExpiration: { noncurrentDays: NONCURRENT_DAYS },
          },
        ]
      : []),
    ...(expireDays === undefined ? [] : [{ ...common, id: "everything", expiration: { days: expireDays } }]),
  ];
  return new aws.s3.BucketLifecycleConfiguration(name, { bucket, rules }, options);
}
