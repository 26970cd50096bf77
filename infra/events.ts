// A topic with one message for each outcome of a source object, to be filtered by its attributes. Who listens is not decided
// here. worker/outcomes/event-message.ts has what is in a message.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import { denyWithoutTls, policy } from "./policy.ts";

export class Events extends pulumi.ComponentResource {
  readonly topic: aws.sns.Topic;

  constructor(name: string, args: { settings: Settings }, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Events", name, {}, options);
    const { kmsKeyArn = "alias/aws/sns", tags } = args.settings;
    const child = { parent: this };
    this.topic = new aws.sns.Topic(name, { kmsMasterKeyId: kmsKeyArn, tags }, child);
    const { arn } = this.topic;
    // Who may publish or subscribe is up to the roles of the account.
    new aws.sns.TopicPolicy(name, { arn, policy: policy(denyWithoutTls("sns:Publish", arn)) }, child);
    this.registerOutputs({ topicArn: arn });
  }
}
