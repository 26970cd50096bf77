// The permissions that docs/deploy.md asks for whoever deploys, held to what the program declares: each type of resource can
// be created, changed and deleted with them, and no service is asked for that has none.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import picomatch from "picomatch";
import { ROOT } from "../../scripts/preview/read-stack.ts";
import type { MockedRun } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const EACH = ["Create", "Get", "Update", "Delete"];

/** https://docs.aws.amazon.com/service-authorization/latest/reference/ : what its creation, a change and its end need. */
const NEEDED: Record<string, string[]> = {
  "cloudfront CachePolicy": verbs("cloudfront", EACH, "CachePolicy"),
  "cloudfront Distribution": verbs("cloudfront", EACH, "Distribution"),
  "cloudfront OriginAccessControl": verbs("cloudfront", EACH, "OriginAccessControl"),
  "cloudfront ResponseHeadersPolicy": verbs("cloudfront", EACH, "ResponseHeadersPolicy"),
  "cloudwatch Dashboard": [
    "cloudwatch:PutDashboard",
    "cloudwatch:GetDashboard",
    "cloudwatch:DeleteDashboards",
  ],
  "cloudwatch EventRule": verbs("events", ["Put", "Describe", "Delete"], "Rule"),
  "cloudwatch EventTarget": ["events:PutTargets", "events:ListTargetsByRule", "events:RemoveTargets"],
  "cloudwatch LogGroup": [
    ...verbs("logs", ["Create", "Delete"], "LogGroup"),
    ...["logs:DescribeLogGroups", "logs:PutRetentionPolicy", "logs:ListTagsForResource", "logs:TagResource"],
  ],
  "cloudwatch MetricAlarm": [
    ...["cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:DeleteAlarms"],
    ...["cloudwatch:TagResource", "cloudwatch:ListTagsForResource"],
  ],
  "dynamodb Table": [
    ...verbs("dynamodb", ["Create", "Describe", "Update", "Delete"], "Table"),
    ...["dynamodb:UpdateContinuousBackups", "dynamodb:DescribeContinuousBackups"],
    ...["dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource", "dynamodb:TagResource"],
  ],
  "iam Role": [
    ...verbs("iam", ["Create", "Get", "Pass", "Tag", "Delete"], "Role"),
    ...["iam:UpdateAssumeRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"],
  ],
  "iam RolePolicy": verbs("iam", ["Put", "Get", "Delete"], "RolePolicy"),
  "lambda Alias": verbs("lambda", EACH, "Alias"),
  "lambda EventSourceMapping": verbs("lambda", EACH, "EventSourceMapping"),
  "lambda Function": [
    ...verbs("lambda", ["Create", "Get", "Delete"], "Function"),
    ...["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration", "lambda:PublishVersion"],
    ...["lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency", "lambda:ListVersionsByFunction"],
    ...["lambda:GetFunctionCodeSigningConfig", "lambda:TagResource", "lambda:ListTags"],
  ],
  "s3 Bucket": [...verbs("s3", ["Create", "List", "Delete"], "Bucket"), "s3:PutBucketTagging"],
  "s3 BucketLifecycleConfiguration": verbs("s3", ["Put", "Get"], "LifecycleConfiguration"),
  "s3 BucketLogging": verbs("s3", ["Put", "Get"], "BucketLogging"),
  "s3 BucketNotification": verbs("s3", ["Put", "Get"], "BucketNotification"),
  "s3 BucketOwnershipControls": verbs("s3", ["Put", "Get"], "BucketOwnershipControls"),
  "s3 BucketPolicy": verbs("s3", ["Put", "Get", "Delete"], "BucketPolicy"),
  "s3 BucketPublicAccessBlock": verbs("s3", ["Put", "Get"], "BucketPublicAccessBlock"),
  "s3 BucketServerSideEncryptionConfiguration": verbs("s3", ["Put", "Get"], "EncryptionConfiguration"),
  "s3 BucketVersioning": verbs("s3", ["Put", "Get"], "BucketVersioning"),
  "sns Topic": [
    ...verbs("sns", ["Create", "Delete"], "Topic"),
    ...["sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:ListTagsForResource", "sns:TagResource"],
  ],
  "sns TopicPolicy": verbs("sns", ["Get", "Set"], "TopicAttributes"),
  "sns TopicSubscription": ["sns:Subscribe", "sns:GetSubscriptionAttributes", "sns:Unsubscribe"],
  "sqs Queue": [
    ...verbs("sqs", ["Create", "Delete"], "Queue"),
    ...["sqs:GetQueueAttributes", "sqs:SetQueueAttributes", "sqs:ListQueueTags", "sqs:TagQueue"],
  ],
  "sqs QueuePolicy": verbs("sqs", ["Get", "Set"], "QueueAttributes"),
  "sqs RedriveAllowPolicy": verbs("sqs", ["Get", "Set"], "QueueAttributes"),
  "sqs RedrivePolicy": verbs("sqs", ["Get", "Set"], "QueueAttributes"),
};

/** By everything that adds resources. */
const FULL = { catalog: true, events: true, cdn: true, accessLogs: true, alarmEmails: ["a@example.org"] };

function verbs(service: string, all: readonly string[], what: string): string[] {
  return all.map((verb) => `${service}:${verb}${what}`);
}

/** `sqs Queue` */
function typesOf({ resources }: MockedRun): string[] {
  return resources.flatMap(({ type }) => {
    const [, service, name] = /^aws:(\w+)\/\w+:(\w+)$/.exec(type) ?? [];
    return name === undefined ? [] : [`${service} ${name}`];
  });
}

describe("The permissions in docs/deploy.md", () => {
  const page = readFileSync(join(ROOT, "docs/deploy.md"), "utf8");
  const [, table = ""] = /\| service \| what \| actions \|\n(.*?)\n\n/s.exec(page) ?? [];
  const granted = [...table.matchAll(/`([a-z0-9]+:\*?[A-Za-z*]+)`/g)].map(([, action = ""]) => action);
  let types: string[];

  before(async () => {
    const runs = [await declareDarkroom(FULL), await declareDarkroom({ source: { bucket: "mine" } })];
    types = [...new Set(runs.flatMap(typesOf))].toSorted();
  });

  it("are enough for each type of resource that the program declares", () => {
    expect(Object.keys(NEEDED)).to.have.members(types);
    const mayDo = picomatch(granted);
    const missing = types.flatMap((type) => (NEEDED[type] ?? []).filter((action) => !mayDo(action)));
    expect(missing).to.deep.equal([]);
  });

  it("are of no service that it does not use", () => {
    const services = (actions: readonly string[]) => new Set(actions.map((action) => action.split(":")[0]));
    // Whose account it is, the program asks by itself.
    expect(services(granted)).to.deep.equal(services([...Object.values(NEEDED).flat(), "sts:"]));
  });
});
