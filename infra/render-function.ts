// The Lambda function, what it may do, and the event source mappings that feed it, one for each lane.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { reservedConcurrency, workConcurrency } from "../settings/derived.ts";
import { recipeOf } from "../settings/recipe.ts";
import type { Settings } from "../settings/settings.ts";
import { permissions, type Surroundings } from "./permissions.ts";
import { trustPolicy } from "./policy.ts";

export interface RenderFunctionArgs extends Surroundings {
  code: pulumi.asset.Archive;
}

export class RenderFunction extends pulumi.ComponentResource {
  readonly function: aws.lambda.Function;
  /** What the mappings call: the version deployed last, unless an operator moves it. */
  readonly alias: aws.lambda.Alias;
  readonly mapping: aws.lambda.EventSourceMapping;
  /** Of the backfill queue, if there is one. */
  readonly backfillMapping: aws.lambda.EventSourceMapping | undefined;
  readonly role: aws.iam.Role;
  readonly logGroup: aws.cloudwatch.LogGroup;

  constructor(name: string, args: RenderFunctionArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:RenderFunction", name, {}, options);
    const { settings, code, queue } = args;
    const child = { parent: this };
    const { tags, logRetentionDays } = settings;

    // Made here and named to Lambda: one that Lambda makes itself keeps its logs for ever.
    this.logGroup = new aws.cloudwatch.LogGroup(name, { retentionInDays: logRetentionDays, tags }, child);
    this.role = new aws.iam.Role(
      name,
      { assumeRolePolicy: trustPolicy("lambda.amazonaws.com"), tags },
      child,
    );
    const rolePolicy = new aws.iam.RolePolicy(
      name,
      { role: this.role.name, policy: permissions(args, this.logGroup) },
      child,
    );
    // Lambda checks what the role may do when the function and the mapping are created.
    const permitted = { ...child, dependsOn: rolePolicy };

    this.function = new aws.lambda.Function(
      name,
      {
        code,
        handler: "index.handler",
        runtime: "nodejs24.x",
        architectures: [settings.architecture],
        role: this.role.arn,
        memorySize: settings.memoryMiB,
        timeout: settings.timeoutSeconds,
        ...(settings.reserveConcurrency && {
          reservedConcurrentExecutions: reservedConcurrency(settings),
        }),
        environment: { variables: environmentOf(args) },
        publish: true,
        ...(settings.tracing && { tracingConfig: { mode: "Active" } }),
        loggingConfig: { logFormat: "JSON", logGroup: this.logGroup.name },
        tags,
      },
      permitted,
    );
    const fed = { ...child, dependsOn: [rolePolicy, ...queue.redrivePolicies] };
    this.alias = new aws.lambda.Alias(
      name,
      { name: "live", functionName: this.function.name, functionVersion: this.function.version },
      child,
    );
    const feed = (mappingName: string, lane: aws.sqs.Queue, scaling: Scaling) =>
      new aws.lambda.EventSourceMapping(
        mappingName,
        {
          eventSourceArn: lane.arn,
          functionName: this.alias.arn,
          batchSize: settings.batchSize,
          maximumBatchingWindowInSeconds: settings.batchWindowSeconds,
          functionResponseTypes: ["ReportBatchItemFailures"],
          ...scaling,
          metricsConfig: { metrics: ["EventCount"] },
          tags,
        },
        fed,
      );
    this.mapping = feed(name, queue.work, workScaling(settings));
    this.backfillMapping =
      queue.backfill &&
      feed(`${name}-backfill`, queue.backfill, {
        scalingConfig: { maximumConcurrency: settings.backfillConcurrency },
      });
    this.registerOutputs({ functionName: this.function.name });
  }

  get mappings(): aws.lambda.EventSourceMapping[] {
    return [this.mapping, ...(this.backfillMapping ? [this.backfillMapping] : [])];
  }
}

type Scaling = Pick<aws.lambda.EventSourceMappingArgs, "scalingConfig" | "provisionedPollerConfig">;

/** Lambda takes one or the other. */
function workScaling(settings: Settings): Scaling {
  const { minimum, maximum } = settings.provisionedPollers ?? {};
  if (minimum === undefined || maximum === undefined)
    return { scalingConfig: { maximumConcurrency: workConcurrency(settings) } };
  return { provisionedPollerConfig: { minimumPollers: minimum, maximumPollers: maximum } };
}

/** What worker/environment.ts reads. */
function environmentOf({ settings, source, destination, queue, catalog, events }: Surroundings) {
  return {
    SOURCE_BUCKET: source.name,
    DESTINATION_BUCKET: destination.name,
    WORK_QUEUE_URL: queue.work.url,
    DEAD_LETTER_QUEUE_URL: queue.deadLetters.url,
    MAX_RECEIVE_COUNT: String(settings.maxReceiveCount),
    DARKROOM_RECIPE: JSON.stringify(recipeOf(settings)),
    ...(catalog && { CATALOG_TABLE: catalog.table.name }),
    ...(events && { EVENTS_TOPIC_ARN: events.topic.arn }),
  };
}
