// A work queue with its dead-letter queue: what cannot be done after so many receives waits there for an operator.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  DEAD_LETTER_RETENTION_SECONDS,
  MAX_MESSAGE_BYTES,
  visibilityTimeoutSeconds,
  workQueueRetentionSeconds,
} from "../settings/derived.ts";
import type { Settings } from "../settings/settings.ts";
import { denyWithoutTls, policy } from "./policy.ts";

export interface BufferedQueueArgs {
  settings: Settings;
  /** The bucket, and the account it belongs to, whose events the work queue takes. */
  sender: { bucketArn: pulumi.Input<string>; accountId: pulumi.Input<string> };
}

export class BufferedQueue extends pulumi.ComponentResource {
  readonly work: aws.sqs.Queue;
  readonly deadLetters: aws.sqs.Queue;
  /** Until it is in force, the queue takes no events. */
  readonly policy: aws.sqs.QueuePolicy;

  constructor(name: string, args: BufferedQueueArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:BufferedQueue", name, {}, options);
    const { settings } = args;
    const child = { parent: this };
    const common = { sqsManagedSseEnabled: true, maxMessageSize: MAX_MESSAGE_BYTES, tags: settings.tags };

    this.deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { ...common, messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS },
      child,
    );
    this.work = new aws.sqs.Queue(
      `${name}-work`,
      {
        ...common,
        visibilityTimeoutSeconds: visibilityTimeoutSeconds(settings),
        messageRetentionSeconds: workQueueRetentionSeconds(settings),
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: this.deadLetters.arn,
          maxReceiveCount: settings.maxReceiveCount,
        }),
      },
      child,
    );
    new aws.sqs.RedriveAllowPolicy(
      `${name}-dead-letters`,
      {
        queueUrl: this.deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [this.work.arn],
        }),
      },
      child,
    );
    this.policy = new aws.sqs.QueuePolicy(
      `${name}-work`,
      { queueUrl: this.work.url, policy: acceptEvents(this.work.arn, args.sender) },
      child,
    );
    new aws.sqs.QueuePolicy(
      `${name}-dead-letters`,
      { queueUrl: this.deadLetters.url, policy: policy(denyWithoutTls("sqs:*", this.deadLetters.arn)) },
      child,
    );
    this.registerOutputs({ workQueueUrl: this.work.url, deadLetterQueueUrl: this.deadLetters.url });
  }
}

/** Only S3, only for this bucket, only of this account: another's bucket of the same name must not reach the queue. */
function acceptEvents(
  queueArn: pulumi.Output<string>,
  { bucketArn, accountId }: BufferedQueueArgs["sender"],
) {
  return policy(
    {
      Sid: "AcceptEventsOfTheBucket",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: {
        ArnEquals: { "aws:SourceArn": bucketArn },
        StringEquals: { "aws:SourceAccount": accountId },
      },
    },
    denyWithoutTls("sqs:*", queueArn),
  );
}
