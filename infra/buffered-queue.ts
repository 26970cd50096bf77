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
  sender: Sender;
}

/** Whose events the work queue takes: of a bucket itself, or of a rule of EventBridge; of this account. */
export interface Sender {
  service: "s3.amazonaws.com" | "events.amazonaws.com";
  arn: pulumi.Input<string>;
  accountId: pulumi.Input<string>;
}

export class BufferedQueue extends pulumi.ComponentResource {
  readonly work: aws.sqs.Queue;
  /** Absent when the settings want one lane only. */
  readonly backfill: aws.sqs.Queue | undefined;
  readonly deadLetters: aws.sqs.Queue;
  /** Until they are in force, the queues take no events. */
  readonly policies: aws.sqs.QueuePolicy[];
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
    // EventBridge has nowhere else to leave what it could not deliver; S3 leaves nothing.
    const undelivered =
      sender.service === "events.amazonaws.com" ? [acceptEvents(this.deadLetters, sender)] : [];
    this.policies = [
      guard(`${name}-work`, this.work, child, acceptEvents(this.work, sender)),
      guard(`${name}-dead-letters`, this.deadLetters, child, ...undelivered),
    ];
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

/** Only for this sender, and only of this account: another's bucket of the same name must not reach the queue. */
function acceptEvents(queue: aws.sqs.Queue, { service, arn, accountId }: Sender): Statement {
  return {
    Sid: "AcceptEventsOfTheBucket",
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
    Condition: {
      ArnEquals: { "aws:SourceArn": arn },
      StringEquals: { "aws:SourceAccount": accountId },
    },
  };
}
