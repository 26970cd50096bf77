// Two lanes and where they end: the work queue for what S3 announces, the backfill queue for what operators enqueue, and one
// dead-letter queue, where what cannot be done after so many receives waits for an operator.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  DEAD_LETTER_RETENTION_SECONDS,
  MAX_MESSAGE_BYTES,
  redriveReceiveCount,
  visibilityTimeoutSeconds,
  workQueueRetentionSeconds,
} from "../settings/derived.ts";
import type { Settings } from "../settings/settings.ts";
import { denyWithoutTls, policy, type Statement } from "./policy.ts";

export interface BufferedQueueArgs {
  settings: Settings;
  /** The bucket, and the account it belongs to, whose events the work queue takes. */
  sender: { bucketArn: pulumi.Input<string>; accountId: pulumi.Input<string> };
}

export class BufferedQueue extends pulumi.ComponentResource {
  readonly work: aws.sqs.Queue;
  /** Absent when the settings want one lane only. */
  readonly backfill: aws.sqs.Queue | undefined;
  readonly deadLetters: aws.sqs.Queue;
  /** Until it is in force, the work queue takes no events. */
  readonly policy: aws.sqs.QueuePolicy;
  /** Until they are in force, what a lane gives up is lost. */
  readonly redrivePolicies: aws.sqs.RedrivePolicy[];

  constructor(name: string, args: BufferedQueueArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:BufferedQueue", name, {}, options);
    const { settings, sender } = args;
    const child = { parent: this };
    const { kmsKeyArn, tags } = settings;
    const encryption =
      kmsKeyArn === undefined ? { sqsManagedSseEnabled: true } : { kmsMasterKeyId: kmsKeyArn };
    const common = { ...encryption, maxMessageSize: MAX_MESSAGE_BYTES, tags };

    this.deadLetters = new aws.sqs.Queue(
      `${name}-dead-letters`,
      { ...common, messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS },
      child,
    );
    const lane = {
      ...common,
      visibilityTimeoutSeconds: visibilityTimeoutSeconds(settings),
      messageRetentionSeconds: workQueueRetentionSeconds(settings),
    };
    this.work = new aws.sqs.Queue(`${name}-work`, lane, child);
    this.backfill = settings.backfill ? new aws.sqs.Queue(`${name}-backfill`, lane, child) : undefined;
    const allowed = new aws.sqs.RedriveAllowPolicy(
      `${name}-dead-letters`,
      {
        queueUrl: this.deadLetters.url,
        redriveAllowPolicy: pulumi.jsonStringify({
          redrivePermission: "byQueue",
          sourceQueueArns: this.lanes.map(({ arn }) => arn),
        }),
      },
      child,
    );
    // On its own, and after: SQS refuses a redrive policy to a dead-letter queue that does not allow the lane yet.
    const after = { ...child, dependsOn: allowed };
    const tie = (lane: string, { url: queueUrl }: aws.sqs.Queue) => {
      const redrivePolicy = pulumi.jsonStringify({
        deadLetterTargetArn: this.deadLetters.arn,
        maxReceiveCount: redriveReceiveCount(settings),
      });
      return new aws.sqs.RedrivePolicy(`${name}-${lane}`, { queueUrl, redrivePolicy }, after);
    };
    this.redrivePolicies = Object.entries(this.#lanesByName).map(([lane, queue]) => tie(lane, queue));
    this.policy = guard(`${name}-work`, this.work, child, acceptEvents(this.work.arn, sender));
    guard(`${name}-dead-letters`, this.deadLetters, child);
    if (this.backfill) guard(`${name}-backfill`, this.backfill, child);
    this.registerOutputs({ workQueueUrl: this.work.url, deadLetterQueueUrl: this.deadLetters.url });
  }

  /** What the function works on. */
  get lanes(): aws.sqs.Queue[] {
    return Object.values(this.#lanesByName);
  }

  get #lanesByName(): Record<string, aws.sqs.Queue> {
    return { work: this.work, ...(this.backfill && { backfill: this.backfill }) };
  }
}

/** A queue's own policy: TLS only, and whoever else may send. */
function guard(
  name: string,
  { url, arn }: aws.sqs.Queue,
  options: pulumi.CustomResourceOptions,
  ...statements: Statement[]
): aws.sqs.QueuePolicy {
  return new aws.sqs.QueuePolicy(
    name,
    { queueUrl: url, policy: policy(...statements, denyWithoutTls("sqs:*", arn)) },
    options,
  );
}

/** Only S3, only for this bucket, only of this account: another's bucket of the same name must not reach the queue. */
function acceptEvents(
  queueArn: pulumi.Output<string>,
  { bucketArn, accountId }: BufferedQueueArgs["sender"],
): Statement {
  return {
    Sid: "AcceptEventsOfTheBucket",
    Effect: "Allow",
    Principal: { Service: "s3.amazonaws.com" },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: {
      ArnEquals: { "aws:SourceArn": bucketArn },
      StringEquals: { "aws:SourceAccount": accountId },
    },
  };
}
