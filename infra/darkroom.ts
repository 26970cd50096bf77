// Darkroom as one component: `new Darkroom("photos", { settings, code })`, in the order a message travels.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings, WrittenSettings } from "../settings/settings.ts";
import { AccessLogs } from "./access-logs.ts";
import { Alarms } from "./alarms.ts";
import { BufferedQueue } from "./buffered-queue.ts";
import { Catalog } from "./catalog.ts";
import { Cdn, letCdnRead } from "./cdn.ts";
import { checkSettings, explained } from "./config.ts";
import { createDashboard } from "./dashboard.ts";
import { Events } from "./events.ts";
import { OperatorRoles } from "./operator-roles.ts";
import { PrivateBucket, type PrivateBucketArgs } from "./private-bucket.ts";
import { RenderFunction } from "./render-function.ts";
import { declareSource, type Source } from "./source.ts";
import { type Transforms, transformation } from "./transform.ts";
import { withWatermarks } from "./watermarks.ts";

export interface DarkroomArgs {
  /** Those that are left out have the defaults of docs/settings.md. */
  settings?: WrittenSettings;
  /** The worker's artifact: a directory, which Pulumi compares by content. `npm run build` makes it. */
  code: pulumi.asset.Archive;
  /** Changes the arguments of resources before they are declared. */
  transform?: Transforms;
}

export class Darkroom extends pulumi.ComponentResource {
  readonly source: Source;
  readonly queue: BufferedQueue;
  readonly destination: PrivateBucket;
  /** Absent unless the settings want them. */
  readonly accessLogs: AccessLogs | undefined;
  /** Absent unless the settings want one. */
  readonly cdn: Cdn | undefined;
  /** Likewise. */
  readonly catalog: Catalog | undefined;
  /** Likewise. */
  readonly events: Events | undefined;
  readonly worker: RenderFunction;
  /** Absent when the settings want none. */
  readonly operators: OperatorRoles | undefined;
  readonly alarms: Alarms;
  readonly dashboardUrl: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly #dashboard: aws.cloudwatch.Dashboard;

  constructor(name: string, args: DarkroomArgs, options?: pulumi.ComponentResourceOptions) {
    // First of all: wrong settings are reported before anything is declared.
    const written = checkSettings(args.settings ?? {});
    const { settings, code } = explained(() => withWatermarks(written, args.code));
    const transformations = [transformation(args.transform ?? {})];
    super("darkroom:index:Darkroom", name, {}, pulumi.mergeOptions(options, { transformations }));
    const { protect, kmsKeyArn, tags } = settings;
    const child = { parent: this };
    const bucket = { protect, kmsKeyArn, tags };
    const { accountId } = aws.getCallerIdentityOutput({}, child);
    this.region = aws.getRegionOutput({}, child).region;

    this.source = declareSource(name, { settings, bucket, accountId }, child);
    const { source, region } = this;
    this.queue = new BufferedQueue(name, { settings, sender: source.sender }, child);
    const { queue } = this;
    source.announceTo(queue);
    const { destination, cdn } = destinationOf(name, { ...bucket, versioned: false }, settings, child);
    this.destination = destination;
    this.cdn = cdn;
    const buckets = { ...(source.nodes.bucket && { source: source.nodes.bucket }), destination };
    this.accessLogs = settings.accessLogs
      ? new AccessLogs(`${name}-access-logs`, { settings, buckets, accountId }, child)
      : undefined;
    this.catalog = settings.catalog ? new Catalog(`${name}-catalog`, { settings }, child) : undefined;
    this.events = settings.events ? new Events(`${name}-events`, { settings }, child) : undefined;
    const { catalog, events } = this;
    const around = { settings, source, destination, queue, catalog, events };
    this.worker = new RenderFunction(`${name}-worker`, { ...around, code }, child);
    const { worker } = this;
    this.alarms = new Alarms(`${name}-alarms`, { settings, queue, worker, accountId, region }, child);
    const { alarms } = this;
    this.operators = settings.operatorRoles
      ? new OperatorRoles(`${name}-operator`, { ...around, worker, alarms, accountId }, child)
      : undefined;
    const { dashboard, url } = createDashboard(name, { settings, queue, worker, region }, child);
    this.#dashboard = dashboard;
    this.dashboardUrl = url;
    this.registerOutputs({ sourceBucket: source.name, destinationBucket: destination.name });
  }

  /** The resources themselves, for whatever else you want to hang on to them. */
  get nodes() {
    const { source, destination, accessLogs, cdn, catalog, events, queue, worker, operators, alarms } = this;
    return {
      sourceBucket: source.nodes.bucket?.bucket,
      notification: source.nodes.notification,
      eventRule: source.nodes.eventRule,
      destinationBucket: destination.bucket,
      accessLogBucket: accessLogs?.bucket.bucket,
      distribution: cdn?.distribution,
      catalogTable: catalog?.table,
      eventsTopic: events?.topic,
      workQueue: queue.work,
      backfillQueue: queue.backfill,
      deadLetterQueue: queue.deadLetters,
      function: worker.function,
      alias: worker.alias,
      role: worker.role,
      operatorRead: operators?.read,
      operatorRedrive: operators?.redrive,
      logGroup: worker.logGroup,
      mapping: worker.mapping,
      backfillMapping: worker.backfillMapping,
      alarmsTopic: alarms.topic,
      dashboard: this.#dashboard,
    };
  }
}

/** The distribution reads the bucket, and the bucket's policy names the distribution: so the policy comes last. */
function destinationOf(
  name: string,
  bucket: PrivateBucketArgs,
  settings: Settings,
  options: pulumi.ComponentResourceOptions,
): { destination: PrivateBucket; cdn: Cdn | undefined } {
  const bucketName = `${name}-destination`;
  if (!settings.cdn) return { destination: new PrivateBucket(bucketName, bucket, options), cdn: undefined };
  const [distributionArn, setDistributionArn] = pulumi.deferredOutput<string>();
  const allow = (arn: pulumi.Output<string>) => [letCdnRead(arn, distributionArn)];
  const destination = new PrivateBucket(bucketName, { ...bucket, allow }, options);
  const cdn = new Cdn(`${name}-cdn`, { settings, destination }, options);
  setDistributionArn(cdn.distribution.arn);
  return { destination, cdn };
}
