// Two roles for people: one may look, one may also send work round. What each may do is what the `darkroom` command needs for
// it, on this stack's resources. Whom the account lets assume them is the account's own matter.
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alarms } from "./alarms.ts";
import type { Catalog } from "./catalog.ts";
import { type Surroundings, useOfKey, useOfKeyOfCatalog } from "./permissions.ts";
import { accountTrustPolicy, policy, type Statement } from "./policy.ts";
import { keysOf } from "./private-bucket.ts";
import type { RenderFunction } from "./render-function.ts";

export interface OperatorRolesArgs extends Surroundings {
  worker: RenderFunction;
  alarms: Alarms;
  accountId: pulumi.Input<string>;
}

export class OperatorRoles extends pulumi.ComponentResource {
  /** Looks, and changes nothing. */
  readonly read: aws.iam.Role;
  /** Redrives, drops, backfills, repairs, pauses and resumes, too. */
  readonly redrive: aws.iam.Role;

  constructor(name: string, args: OperatorRolesArgs, options?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:OperatorRoles", name, {}, options);
    const { settings, accountId } = args;
    const child = { parent: this };
    const role = (kind: string, description: string, statements: Statement[]) => {
      const assumeRolePolicy = accountTrustPolicy(accountId);
      const made = new aws.iam.Role(
        `${name}-${kind}`,
        { description, assumeRolePolicy, tags: settings.tags },
        child,
      );
      new aws.iam.RolePolicy(`${name}-${kind}`, { role: made.name, policy: policy(...statements) }, child);
      return made;
    };
    const { kmsKeyArn, source } = settings;
    const services = ["s3", "sqs", ...(args.catalog ? ["dynamodb"] : [])];
    const ofSources = useOfKey("ReadSourcesWithTheirKey", source.kmsKeyArn, ["s3"], ["kms:Decrypt"]);
    this.read = role("read", "Looks at Darkroom: status, dead letters, sets. Changes nothing.", [
      ...looking(args),
      ...useOfKey("UseKey", kmsKeyArn, services, ["kms:Decrypt"]),
      ...ofSources,
    ]);
    this.redrive = role("redrive", "Operates Darkroom: sends work round, pauses and resumes.", [
      ...looking(args),
      ...working(args),
      ...useOfKey("UseKey", kmsKeyArn, ["s3", "sqs"], ["kms:Decrypt", "kms:GenerateDataKey"]),
      ...(args.catalog ? useOfKeyOfCatalog(kmsKeyArn) : []),
      ...ofSources,
    ]);
    this.registerOutputs({ read: this.read.arn, redrive: this.redrive.arn });
  }
}

/** A look at dead letters receives them and puts them back: that is what the two verbs that sound like more are for. */
function looking({ source, destination, queue, worker, alarms, catalog }: OperatorRolesArgs): Statement[] {
  const buckets = [source, destination];
  return [
    {
      // S3 has no permission of its own for HEAD.
      Sid: "LookAtObjects",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: buckets.map(keysOf),
    },
    {
      Sid: "LookAtBuckets",
      Effect: "Allow",
      Action: [
        "s3:ListBucket",
        "s3:GetBucketNotification",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
      ],
      Resource: buckets.map(({ arn }) => arn),
    },
    {
      Sid: "LookAtQueues",
      Effect: "Allow",
      Action: "sqs:GetQueueAttributes",
      Resource: [...queue.lanes, queue.deadLetters].map(({ arn }) => arn),
    },
    {
      Sid: "LookAtDeadLetters",
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility"],
      Resource: queue.deadLetters.arn,
    },
    {
      Sid: "LookAtTheFunction",
      Effect: "Allow",
      Action: ["lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"],
      // The alias, too: what the mappings call.
      Resource: [worker.function.arn, worker.alias.arn],
    },
    {
      Sid: "LookWhoHearsOfAlarms",
      Effect: "Allow",
      Action: "sns:ListSubscriptionsByTopic",
      Resource: alarms.topic.arn,
    },
    // Of the account: they know no resource.
    { Sid: "LookAtLimits", Effect: "Allow", Action: "lambda:GetAccountSettings", Resource: "*" },
    { Sid: "LookAtMetrics", Effect: "Allow", Action: "cloudwatch:GetMetricData", Resource: "*" },
    {
      Sid: "LookAtMappings",
      Effect: "Allow",
      Action: "lambda:GetEventSourceMapping",
      Resource: worker.mappings.map(({ arn }) => arn),
    },
    ...(catalog ? lookingAt(catalog) : []),
  ];
}

function lookingAt({ table }: Catalog): Statement[] {
  return [
    {
      Sid: "LookAtTheCatalog",
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:Query"],
      Resource: [table.arn, pulumi.interpolate`${table.arn}/index/*`],
    },
  ];
}

function working(args: OperatorRolesArgs): Statement[] {
  const { settings, source, destination, queue, worker, catalog } = args;
  const { backfill = queue.work, deadLetters } = queue;
  return [
    { Sid: "EnqueueWork", Effect: "Allow", Action: "sqs:SendMessage", Resource: backfill.arn },
    {
      // Sent back by `dlq import`, deleted by redrive and drop, moved by SQS itself with --native.
      Sid: "SortDeadLetters",
      Effect: "Allow",
      Action: [
        "sqs:SendMessage",
        "sqs:DeleteMessage",
        "sqs:StartMessageMoveTask",
        "sqs:ListMessageMoveTasks",
        "sqs:CancelMessageMoveTask",
      ],
      Resource: deadLetters.arn,
    },
    {
      Sid: "PauseAndResume",
      Effect: "Allow",
      Action: "lambda:UpdateEventSourceMapping",
      Resource: worker.mappings.map(({ arn }) => arn),
    },
    {
      // The one image that `doctor` sends through, and its set.
      Sid: "Probe",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: [source, destination].map(
        ({ arn }) => pulumi.interpolate`${arn}/${settings.source.prefix}darkroom-doctor-*`,
      ),
    },
    ...(catalog ? writingDown(catalog) : []),
  ];
}

/** Who changed what. */
function writingDown({ table }: Catalog): Statement[] {
  return [{ Sid: "WriteDownChanges", Effect: "Allow", Action: "dynamodb:PutItem", Resource: table.arn }];
}
