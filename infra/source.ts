// Where uploads come from, and how the work queue hears of them:
//
//   a bucket of the stack's own      bucket ──notification──► work queue
//   a bucket that was there before   bucket ──► EventBridge ──rule──► work queue
//
// A bucket's notifications are one configuration, which is its owner's: of a bucket that is not ours, it is left alone.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { eventPattern } from "../settings/event-pattern.ts";
import type { Settings } from "../settings/settings.ts";
import type { BufferedQueue, Sender } from "./buffered-queue.ts";
import { announceChanges } from "./notification.ts";
import { type BucketAddress, PrivateBucket, type PrivateBucketArgs } from "./private-bucket.ts";

export interface SourceArgs {
  settings: Settings;
  /** For a bucket of the stack's own. */
  bucket: Omit<PrivateBucketArgs, "versioned">;
  accountId: pulumi.Input<string>;
}

export interface Source extends BucketAddress {
  sender: Sender;
  /** Once the queue is there. */
  announceTo(queue: BufferedQueue): void;
  /** Those that there are. */
  nodes: {
    bucket?: PrivateBucket;
    notification?: aws.s3.BucketNotification;
    eventRule?: aws.cloudwatch.EventRule;
  };
}

export function declareSource(
  name: string,
  args: SourceArgs,
  options: pulumi.ComponentResourceOptions,
): Source {
  const { bucket } = args.settings.source;
  return bucket === undefined ? ownSource(name, args, options) : foreignSource(name, bucket, args, options);
}

function ownSource(
  name: string,
  { settings, bucket: args, accountId }: SourceArgs,
  options: pulumi.ComponentResourceOptions,
): Source {
  const source = new PrivateBucket(`${name}-source`, { ...args, versioned: true }, options);
  const nodes: Source["nodes"] = { bucket: source };
  return {
    name: source.name,
    arn: source.arn,
    sender: { service: "s3.amazonaws.com", arn: source.arn, accountId },
    nodes,
    announceTo(queue) {
      nodes.notification = announceChanges(name, { settings, source, queue }, options);
    },
  };
}

function foreignSource(
  name: string,
  bucket: string,
  { settings, accountId }: SourceArgs,
  options: pulumi.ComponentResourceOptions,
): Source {
  const { source, tags } = settings;
  const eventRule = new aws.cloudwatch.EventRule(
    `${name}-source`,
    {
      description: `What is put into ${bucket} and taken out of it, for Darkroom.`,
      eventPattern: JSON.stringify(eventPattern(bucket, source)),
      tags,
    },
    options,
  );
  return {
    name: pulumi.output(bucket),
    arn: pulumi.output(`arn:aws:s3:::${bucket}`),
    sender: { service: "events.amazonaws.com", arn: eventRule.arn, accountId },
    nodes: { eventRule },
    announceTo: ({ work, deadLetters, policies }) =>
      void new aws.cloudwatch.EventTarget(
        `${name}-source`,
        // What EventBridge cannot deliver within a day is a dead letter too.
        { rule: eventRule.name, arn: work.arn, deadLetterConfig: { arn: deadLetters.arn } },
        // It drops what a queue does not take.
        { ...options, dependsOn: policies },
      ),
  };
}
