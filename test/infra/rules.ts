// What holds for the resources of every stack, as one sentence for each that breaks a rule. They are independent of
// infra/: written against what AWS gets, not against how it came about.

export interface Resource {
  type: string;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a resource was declared with is whatever its type takes.
  inputs: Record<string, any>;
}

interface Statement {
  Effect: string;
  Principal?: unknown;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string>>;
}

type Rule = (resources: Resource[]) => Resource[];

const BUCKET = "aws:s3/bucket:Bucket";
const QUEUE = "aws:sqs/queue:Queue";
const FUNCTION = "aws:lambda/function:Function";
const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const TABLE = "aws:dynamodb/table:Table";
const TOPIC = "aws:sns/topic:Topic";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

export const RULES: Record<string, Rule> = {
  "a bucket lets nothing become public": besideEach(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    ({ blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets }) =>
      blockPublicAcls && blockPublicPolicy && ignorePublicAcls && restrictPublicBuckets,
  ),
  "a bucket is encrypted": besideEach(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    ({ rules }) =>
      ["AES256", "aws:kms"].includes(rules?.[0]?.applyServerSideEncryptionByDefault?.sseAlgorithm),
  ),
  "a bucket owns what is in it": besideEach(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    ({ rule }) => rule?.objectOwnership === "BucketOwnerEnforced",
  ),
  "a bucket refuses requests without TLS": besideEach(BUCKET_POLICY, ({ policy }) =>
    refusesWithoutTls(policy),
  ),
  "a bucket forgets uploads that never completed": besideEach(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    ({ rules }) =>
      rules.some(({ abortIncompleteMultipartUpload }: Resource["inputs"]) => abortIncompleteMultipartUpload),
  ),
  "a queue is encrypted": (all) =>
    of(all, QUEUE).filter(
      ({ inputs: { sqsManagedSseEnabled, kmsMasterKeyId } }) =>
        sqsManagedSseEnabled !== true && !kmsMasterKeyId,
    ),
  "a queue refuses requests without TLS": (all) =>
    of(all, QUEUE).filter(
      (queue) =>
        !of(all, "aws:sqs/queuePolicy:QueuePolicy").some(
          ({ name, inputs: { policy } }) => name === queue.name && refusesWithoutTls(policy),
        ),
    ),
  "a queue has a dead-letter queue, unless it is one": (all) => {
    const ends = of(all, "aws:sqs/redrivePolicy:RedrivePolicy").flatMap(({ inputs }) => endsOf(inputs));
    return of(all, QUEUE).filter(({ name }) => !ends.some((end) => end.startsWith(name)));
  },
  "nobody may do everything, or anything to everything": (all) =>
    all.filter(({ inputs: { policy } }) => statements(policy).some(isTooMuch)),
  "only who denies names everybody": (all) =>
    all.filter(({ inputs }) =>
      [...statements(inputs.policy), ...statements(inputs.assumeRolePolicy)].some(
        ({ Effect, Principal }) => Effect === "Allow" && JSON.stringify(Principal ?? "").includes("*"),
      ),
    ),
  "a service may act only for this account": (all) =>
    of(all, "aws:sqs/queuePolicy:QueuePolicy").filter(({ inputs }) =>
      statements(inputs.policy).some(
        ({ Effect, Condition }) =>
          Effect === "Allow" &&
          !(Condition?.StringEquals?.["aws:SourceAccount"] && Condition.ArnEquals?.["aws:SourceArn"]),
      ),
    ),
  "a message is hidden for six times as long as the function may take": (all) =>
    of(all, MAPPING).filter(({ inputs: { eventSourceArn, maximumBatchingWindowInSeconds: window = 0 } }) => {
      const timeout = of(all, FUNCTION)[0]?.inputs.timeout;
      const queue = of(all, QUEUE).find(({ name }) => eventSourceArn.split(":").at(-1).startsWith(name));
      return !(Number(queue?.inputs.visibilityTimeoutSeconds) >= 6 * timeout + window);
    }),
  "a mapping deletes only what succeeded": (all) =>
    of(all, MAPPING).filter(
      ({ inputs }) => !inputs.functionResponseTypes?.includes("ReportBatchItemFailures"),
    ),
  "a bucket is read by one distribution, if by anybody": (all) =>
    of(all, BUCKET_POLICY).filter(({ inputs }) =>
      statements(inputs.policy).some((statement) => {
        const distribution = String(statement.Condition?.StringEquals?.["aws:SourceArn"]);
        const isOne = /^arn:aws:cloudfront:[^*]*:distribution\/[^*]+$/.test(distribution);
        return statement.Effect === "Allow" && !(statement.Action === "s3:GetObject" && isOne);
      }),
    ),
  "a distribution takes nothing over plain HTTP, nor over old TLS under a name of its own": (all) =>
    of(all, DISTRIBUTION).filter(({ inputs: { defaultCacheBehavior, aliases = [], viewerCertificate } }) => {
      const isEncrypted = ["redirect-to-https", "https-only"].includes(
        defaultCacheBehavior?.viewerProtocolPolicy,
      );
      const isNew = aliases.length === 0 || viewerCertificate?.minimumProtocolVersion >= "TLSv1.2_2021";
      return !(isEncrypted && isNew);
    }),
  "a distribution signs what it asks for": (all) =>
    of(all, DISTRIBUTION).filter(({ inputs: { origins } }) => {
      const controls = of(all, "aws:cloudfront/originAccessControl:OriginAccessControl");
      const isSigning = controls.some(
        ({ inputs }) => inputs.signingBehavior === "always" && inputs.signingProtocol === "sigv4",
      );
      return !(isSigning && origins.every((origin: Resource["inputs"]) => origin.originAccessControlId));
    }),
  "a distribution lets no image become a page": (all) =>
    of(all, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy").filter(({ inputs }) => {
      const { contentTypeOptions, contentSecurityPolicy, strictTransportSecurity } =
        inputs.securityHeadersConfig ?? {};
      const isStrict = /default-src 'none'/.test(contentSecurityPolicy?.contentSecurityPolicy);
      const isLong = strictTransportSecurity?.accessControlMaxAgeSec >= 31_536_000;
      return !(contentTypeOptions?.override && isStrict && isLong);
    }),
  "a table can be set back to any second": (all) =>
    of(all, TABLE).filter(({ inputs }) => inputs.pointInTimeRecovery?.enabled !== true),
  "a table has no more capacity than is asked for": (all) =>
    of(all, TABLE).filter(({ inputs }) => inputs.billingMode !== "PAY_PER_REQUEST"),
  // CloudWatch cannot publish to a topic under AWS's own key, and alarms name no images.
  "a topic is encrypted, unless it is that of alarms": (all) =>
    of(all, TOPIC).filter(({ name, inputs }) => !inputs.kmsMasterKeyId && !name.endsWith("-alarms")),
  "a topic refuses messages without TLS": (all) =>
    of(all, TOPIC).filter(
      (topic) =>
        !of(all, "aws:sns/topicPolicy:TopicPolicy").some(
          ({ name, inputs: { policy } }) => name === topic.name && refusesWithoutTls(policy),
        ),
    ),
  "a log group forgets": (all) =>
    of(all, "aws:cloudwatch/logGroup:LogGroup").filter(({ inputs }) => !(inputs.retentionInDays > 0)),
};

export function brokenRules(resources: Resource[]): string[] {
  return Object.entries(RULES).flatMap(([rule, offenders]) =>
    offenders(resources).map(({ name }) => `${name}: ${rule}`),
  );
}

function of(resources: Resource[], type: string): Resource[] {
  return resources.filter((resource) => resource.type === type);
}

/** Each bucket has another resource of its name with inputs that are right. */
function besideEach(type: string, isRight: (inputs: Resource["inputs"]) => unknown): Rule {
  return (all) =>
    of(all, BUCKET).filter(
      ({ name }) => !of(all, type).some((resource) => resource.name === name && isRight(resource.inputs)),
    );
}

function statements(policy: unknown): Statement[] {
  return typeof policy === "string" ? (JSON.parse(policy) as { Statement: Statement[] }).Statement : [];
}

/** What IAM grants for everything or not at all. */
const OF_NO_RESOURCE = ["lambda:GetAccountSettings"];

function isTooMuch({ Effect, Action, Resource: resource }: Statement): boolean {
  const actions = [Action].flat();
  const isForAll =
    [resource].flat().includes("*") && !actions.every((action) => OF_NO_RESOURCE.includes(action));
  return Effect === "Allow" && (actions.some((action) => action.includes("*")) || isForAll);
}

function refusesWithoutTls(policy: unknown): boolean {
  return statements(policy).some(
    ({ Effect, Principal, Action, Condition }) =>
      Effect === "Deny" &&
      Principal === "*" &&
      ["s3:*", "sqs:*", "sns:Publish"].includes(String(Action)) &&
      Condition?.Bool?.["aws:SecureTransport"] === "false",
  );
}

/** The names of the queue and of its dead-letter queue. */
function endsOf({ queueUrl, redrivePolicy }: Resource["inputs"]): string[] {
  return [queueUrl.split("/").at(-1), JSON.parse(redrivePolicy).deadLetterTargetArn.split(":").at(-1)];
}
