// Which changes of the source bucket S3 announces to the work queue. A bucket has exactly one such configuration: a second
// resource would replace it. https://github.com/hashicorp/terraform-provider-aws/issues/501
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import type { BufferedQueue } from "./buffered-queue.ts";
import type { PrivateBucket } from "./private-bucket.ts";

const EVENTS = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"];

export function announceChanges(
  name: string,
  { settings, source, queue }: { settings: Settings; source: PrivateBucket; queue: BufferedQueue },
  options: pulumi.CustomResourceOptions,
): aws.s3.BucketNotification {
  const { prefix, suffixes } = settings.source;
  const filters = suffixes.length === 0 ? [{}] : suffixes.map((filterSuffix) => ({ filterSuffix }));
  const queues = filters.map((filter, index) => ({
    id: `images-${index + 1}`,
    queueArn: queue.work.arn,
    events: EVENTS,
    ...(prefix === "" ? {} : { filterPrefix: prefix }),
    ...filter,
  }));
  // S3 tries to send when it is configured, and refuses a queue that does not take it: so after the policy.
  return new aws.s3.BucketNotification(
    name,
    { bucket: source.bucket.id, queues },
    { ...options, dependsOn: queue.policies },
  );
}
