// Darkroom as one component: `new Darkroom("photos", { settings, code })`, in the order a message travels.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { WrittenSettings } from "../settings/settings.ts";
import { Alarms } from "./alarms.ts";
import { BufferedQueue } from "./buffered-queue.ts";
import { checkSettings } from "./config.ts";
import { createDashboard } from "./dashboard.ts";
import { announceChanges } from "./notification.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { RenderFunction } from "./render-function.ts";
import { type Transforms, transformation } from "./transform.ts";

export interface DarkroomArgs {
  /** Those that are left out have the defaults of docs/settings.md. */
  settings?: WrittenSettings;
  /** The worker's artifact: a directory, which Pulumi compares by content. `npm run build` makes it. */
  code: pulumi.asset.Archive;
  /** Changes the arguments of resources before they are declared. */
  transform?: Transforms;
}

export class Darkroom extends pulumi.ComponentResource {
  readonly source: PrivateBucket;
  readonly queue: BufferedQueue;
  readonly destination: PrivateBucket;
  readonly worker: RenderFunction;
  readonly alarms: Alarms;
  readonly dashboardUrl: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly #notification: aws.s3.BucketNotification;
  readonly #dashboard: aws.cloudwatch.Dashboard;

  constructor(name: string, args: DarkroomArgs, options?: pulumi.ComponentResourceOptions) {
    // First of all: wrong settings are reported before anything is declared.
    const settings = checkSettings(args.settings ?? {});
    const transformations = [transformation(args.transform ?? {})];
    super("darkroom:index:Darkroom", name, {}, pulumi.mergeOptions(options, { transformations }));
    const { protect, kmsKeyArn, tags } = settings;
    const child = { parent: this };
    const bucket = { protect, kmsKeyArn, tags };
    const { accountId } = aws.getCallerIdentityOutput({}, child);
    this.region = aws.getRegionOutput({}, child).region;

    this.source = new PrivateBucket(`${name}-source`, { ...bucket, versioned: true }, child);
    const sender = { bucketArn: this.source.arn, accountId };
    this.queue = new BufferedQueue(name, { settings, sender }, child);
    const { source, queue, region } = this;
    this.#notification = announceChanges(name, { settings, source, queue }, child);
    this.destination = new PrivateBucket(`${name}-destination`, { ...bucket, versioned: false }, child);
    const place = { source, destination: this.destination, queue };
    this.worker = new RenderFunction(`${name}-worker`, { settings, code: args.code, ...place }, child);
    const { worker } = this;
    this.alarms = new Alarms(`${name}-alarms`, { settings, queue, worker, accountId, region }, child);
    const { dashboard, url } = createDashboard(name, { settings, queue, worker, region }, child);
    this.#dashboard = dashboard;
    this.dashboardUrl = url;
    this.registerOutputs({ sourceBucket: source.name, destinationBucket: this.destination.name });
  }

  /** The resources themselves, for whatever else you want to hang on to them. */
  get nodes() {
    const { source, destination, queue, worker, alarms } = this;
    return {
      sourceBucket: source.bucket,
      destinationBucket: destination.bucket,
      notification: this.#notification,
      workQueue: queue.work,
      backfillQueue: queue.backfill,
      deadLetterQueue: queue.deadLetters,
      function: worker.function,
      role: worker.role,
      logGroup: worker.logGroup,
      mapping: worker.mapping,
      backfillMapping: worker.backfillMapping,
      alarmsTopic: alarms.topic,
      dashboard: this.#dashboard,
    };
  }
}
