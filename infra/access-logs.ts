// Who asked the buckets for what: S3's server access logs, in a bucket of their own, for as long as the function's logs are
// kept. S3 writes them within hours, and promises no completeness.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import { keysOf, PrivateBucket } from "./private-bucket.ts";

export interface AccessLogsArgs {
  settings: Settings;
  /** By what their logs are called. */
  buckets: Readonly<Record<string, PrivateBucket>>;
  accountId: pulumi.Input<string>;
}

export class AccessLogs extends pulumi.ComponentResource {
  readonly bucket: PrivateBucket;

  constructor(name: string, args: AccessLogsArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:AccessLogs", name, {}, options);
    const { settings, buckets, accountId } = args;
    const { protect, tags, logRetentionDays } = settings;
    const child = { parent: this };
    const sources = Object.values(buckets).map(({ arn }) => arn);
    this.bucket = new PrivateBucket(
      name,
      {
        versioned: false,
        protect,
        // S3 delivers logs to no bucket that a key of one's own encrypts by default.
        kmsKeyArn: undefined,
        tags,
        expireDays: logRetentionDays,
        allow: (arn) => [
          {
            Sid: "TakeAccessLogs",
            Effect: "Allow",
            Principal: { Service: "logging.s3.amazonaws.com" },
            Action: "s3:PutObject",
            Resource: keysOf({ arn }),
            Condition: {
              ArnEquals: { "aws:SourceArn": sources },
              StringEquals: { "aws:SourceAccount": accountId },
            },
          },
        ],
      },
      child,
    );
    // S3 refuses to log where it may not write.
    const permitted = { ...child, dependsOn: this.bucket.policy };
    for (const [role, { bucket }] of Object.entries(buckets)) {
      const logging = { bucket: bucket.id, targetBucket: this.bucket.name, targetPrefix: `${role}/` };
      new aws.s3.BucketLogging(`${name}-${role}`, logging, permitted);
    }
    this.registerOutputs({ bucket: this.bucket.name });
  }
}
