// Hooks for the resources that people really change. What a hook gives is taken as it is: nothing here checks again that,
// say, a queue still hides its messages for long enough. Everything else is in `nodes`.
import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Arguments to set, or a function from the arguments as they would be to those that you want. */
type Transform<Args> = Partial<Args> | ((args: Args) => Args);

export interface Transforms {
  sourceBucket?: Transform<aws.s3.BucketArgs>;
  destinationBucket?: Transform<aws.s3.BucketArgs>;
  /** Of the CDN: a firewall, logs, another price class. */
  distribution?: Transform<aws.cloudfront.DistributionArgs>;
  catalogTable?: Transform<aws.dynamodb.TableArgs>;
  eventsTopic?: Transform<aws.sns.TopicArgs>;
  /** A bucket has one: further destinations for its events belong here. */
  notification?: Transform<aws.s3.BucketNotificationArgs>;
  /** Both lanes. */
  queue?: Transform<aws.sqs.QueueArgs>;
  deadLetterQueue?: Transform<aws.sqs.QueueArgs>;
  function?: Transform<aws.lambda.FunctionArgs>;
  logGroup?: Transform<aws.cloudwatch.LogGroupArgs>;
  /** Each alarm; its name is not among the arguments, its `metricName` is, or its `metricQueries`. */
  alarm?: Transform<aws.cloudwatch.MetricAlarmArgs>;
}

/** The type of a resource, and how its name ends. */
const TARGETS: Record<keyof Transforms, readonly [type: string, nameEnd: RegExp]> = {
  sourceBucket: ["aws:s3/bucket:Bucket", /-source$/],
  destinationBucket: ["aws:s3/bucket:Bucket", /-destination$/],
  distribution: ["aws:cloudfront/distribution:Distribution", /$/],
  catalogTable: ["aws:dynamodb/table:Table", /$/],
  eventsTopic: ["aws:sns/topic:Topic", /-events$/],
  notification: ["aws:s3/bucketNotification:BucketNotification", /$/],
  queue: ["aws:sqs/queue:Queue", /-(work|backfill)$/],
  deadLetterQueue: ["aws:sqs/queue:Queue", /-dead-letters$/],
  function: ["aws:lambda/function:Function", /$/],
  logGroup: ["aws:cloudwatch/logGroup:LogGroup", /$/],
  alarm: ["aws:cloudwatch/metricAlarm:MetricAlarm", /$/],
};

/** For the component that contains them all: Pulumi applies it to whatever is below. */
export function transformation(transforms: Transforms): pulumi.ResourceTransformation {
  return ({ type, name, props, opts }) => {
    const found = Object.entries(TARGETS).find(
      ([, [targetType, nameEnd]]) => targetType === type && nameEnd.test(name),
    );
    const transform = found && (transforms[found[0] as keyof Transforms] as Transform<object> | undefined);
    if (!transform) return undefined;
    return { opts, props: typeof transform === "function" ? transform(props) : { ...props, ...transform } };
  };
}
