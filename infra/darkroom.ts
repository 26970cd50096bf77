// Darkroom as one component: `new Darkroom("photos", { settings, code })`, in the order a message travels.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings/settings.ts";
import { Alarms } from "./alarms.ts";
import { BufferedQueue } from "./buffered-queue.ts";
import { createDashboard } from "./dashboard.ts";
import { announceChanges } from "./notification.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { RenderFunction } from "./render-function.ts";

export interface DarkroomArgs {
  settings: Settings;
  /** The worker's artifact: a directory, which Pulumi compares by content. */
  code: pulumi.asset.Archive;
}

export class Darkroom extends pulumi.ComponentResource {
  readonly source: PrivateBucket;
  readonly queue: BufferedQueue;
  readonly destination: PrivateBucket;
  readonly worker: RenderFunction;
  readonly alarms: Alarms;
  readonly dashboardUrl: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;

  constructor(name: string, { settings, code }: DarkroomArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Darkroom", name, {}, options);
    const child = { parent: this };
    const { protect, kmsKeyArn, tags } = settings;
    const bucket = { protect, kmsKeyArn, tags };
    const { accountId } = aws.getCallerIdentityOutput({}, child);
    this.region = aws.getRegionOutput({}, child).region;

    this.source = new PrivateBucket(`${name}-source`, { ...bucket, versioned: true }, child);
    const sender = { bucketArn: this.source.arn, accountId };
    this.queue = new BufferedQueue(name, { settings, sender }, child);
    announceChanges(name, { settings, source: this.source, queue: this.queue }, child);
    this.destination = new PrivateBucket(`${name}-destination`, { ...bucket, versioned: false }, child);
    const { source, destination, queue } = this;
    this.worker = new RenderFunction(`${name}-worker`, { settings, code, source, destination, queue }, child);
    const { region, worker } = this;
    this.alarms = new Alarms(`${name}-alarms`, { settings, queue, worker, accountId, region }, child);
    this.dashboardUrl = createDashboard(name, { settings, queue, worker, region }, child).url;
    this.registerOutputs({ sourceBucket: source.name, destinationBucket: destination.name });
  }
}
