// How each rule is broken: the type of the resource that breaks it, how, and how its name ends.
import { inspect } from "node:util";
import type { Resource } from "../../policies/rule.ts";

interface Deed {
  says: string;
  /** Changes the resource; gives what is declared beside it. */
  // biome-ignore lint/suspicious/noConfusingVoidType: most change and give nothing.
  commit(resource: Resource): Resource[] | void;
}

type Offence = readonly [type: string, deed: Deed, nameEnd?: string];

const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const QUEUE = "aws:sqs/queue:Queue";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const REDRIVE = "aws:sqs/redrivePolicy:RedrivePolicy";
const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const TABLE = "aws:dynamodb/table:Table";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const set = (changes: object): Deed => ({
  says: `with ${inspect(changes, { depth: 5, compact: true, breakLength: Number.POSITIVE_INFINITY })}`,
  commit: ({ inputs }) => void Object.assign(inputs, changes),
});

const without = (input: string): Deed => ({
  says: `without ${input}`,
  commit: ({ inputs }) => void delete inputs[input],
});

/** As if it belonged to another resource. */
const detach = (input: string): Deed => ({
  says: `with the ${input} of another`,
  commit: ({ propertyDependencies }) => void delete propertyDependencies[input],
});

const policyOf = (...Statement: object[]) => JSON.stringify({ Statement });
const allow = { Effect: "Allow", Action: "sqs:SendMessage", Resource: "arn:aws:sqs:eu-west-1:1:q" };
const denyPlain = {
  ...{ Effect: "Deny", Action: "s3:*", Resource: "*" },
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const service = (name: string) => ({ Principal: { Service: name } });
const tied = { ArnEquals: { "aws:SourceArn": "arn:x" }, StringEquals: { "aws:SourceAccount": "1" } };

export const OFFENCES: Readonly<Record<string, readonly Offence[]>> = {
  "bucket-not-public": [
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", set({ ignorePublicAcls: false })],
    ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", detach("bucket")],
  ],
  "bucket-encrypted": [
    [
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      set({ rules: [] }),
    ],
    [
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      set({
        rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "key" } }],
      }),
    ],
  ],
  "bucket-owner-enforced": [
    [
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      set({ rule: { objectOwnership: "ObjectWriter" } }),
    ],
  ],
  "bucket-tls-only": [
    [BUCKET_POLICY, set({ policy: policyOf(allow) })],
    [BUCKET_POLICY, set({ policy: policyOf({ ...denyPlain, Principal: { AWS: "1" } }) })],
  ],
  "bucket-policy-narrow": [
    [BUCKET_POLICY, set({ policy: policyOf({ ...allow, Action: "s3:GetObject" }) })],
    [
      BUCKET_POLICY,
      set({
        policy: policyOf({
          ...{ ...allow, ...service("cloudfront.amazonaws.com"), Action: "s3:GetObject" },
          Condition: { StringEquals: { "aws:SourceArn": "arn:aws:cloudfront::1:distribution/*" } },
        }),
      }),
    ],
    [
      BUCKET_POLICY,
      set({
        policy: policyOf({ ...allow, ...service("logging.s3.amazonaws.com"), Action: "s3:PutObject" }),
      }),
    ],
  ],
  "bucket-forgets-unfinished-uploads": [[LIFECYCLE, set({ rules: [{ id: "nothing" }] })]],
  "bucket-forgets-old-versions": [
    [
      LIFECYCLE,
      set({ rules: [{ abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } }] }),
      "photos-source",
    ],
  ],
  "bucket-one-notification": [
    [
      "aws:s3/bucketNotification:BucketNotification",
      {
        says: "twice",
        commit: (notification) => [{ ...notification, name: "another", urn: "another" }],
      },
    ],
  ],
  "bucket-logs-elsewhere": [
    [
      "aws:s3/bucketLogging:BucketLogging",
      {
        says: "into the bucket itself",
        commit({ propertyDependencies }) {
          propertyDependencies.targetBucket = propertyDependencies.bucket ?? [];
        },
      },
    ],
  ],
  "queue-encrypted": [[QUEUE, set({ sqsManagedSseEnabled: false, kmsMasterKeyId: "" })]],
  "queue-tls-only": [[QUEUE_POLICY, set({ policy: policyOf() })]],
  "queue-senders-known": [
    [QUEUE_POLICY, set({ policy: policyOf(allow) })],
    [QUEUE_POLICY, set({ policy: policyOf({ ...allow, Action: "sqs:ReceiveMessage", Condition: tied }) })],
    [QUEUE_POLICY, set({ policy: policyOf({ ...allow, Condition: { ArnEquals: tied.ArnEquals } }) })],
  ],
  "queue-takes-events": [[QUEUE, set({ maxMessageSize: 32_768 })]],
  "queue-has-dead-letters": [[REDRIVE, detach("queueUrl")]],
  "dead-letters-outlive-work": [[QUEUE, set({ messageRetentionSeconds: 1_209_600 }), "work"]],
  "dead-letters-of-known-queues": [
    [
      "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
      set({ redriveAllowPolicy: '{"redrivePermission":"allowAll"}' }),
    ],
  ],
  "least-privilege": [
    [ROLE_POLICY, set({ policy: policyOf({ ...allow, Resource: "*" }) })],
    [ROLE_POLICY, set({ policy: policyOf({ ...allow, Action: "s3:*" }) })],
  ],
  "nobody-is-everybody": [
    [ROLE, set({ assumeRolePolicy: policyOf({ ...allow, Principal: { AWS: "*" } }) })],
    [QUEUE_POLICY, set({ policy: policyOf({ ...allow, Principal: "*", Condition: tied }) })],
  ],
  "no-managed-policies": [
    [ROLE, set({ managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] })],
  ],
  "table-recoverable": [[TABLE, set({ pointInTimeRecovery: { enabled: false } })]],
  "table-on-demand": [[TABLE, set({ billingMode: "PROVISIONED" })]],
  "topic-encrypted": [["aws:sns/topic:Topic", set({ kmsMasterKeyId: "" }), "events"]],
  "topic-tls-only": [["aws:sns/topicPolicy:TopicPolicy", set({ policy: policyOf() })]],
  "function-runtime-supported": [[FUNCTION, set({ runtime: "nodejs18.x" })]],
  "function-logs-to-its-own-group": [
    [FUNCTION, set({ loggingConfig: { logFormat: "Text" } })],
    [FUNCTION, detach("loggingConfig")],
  ],
  "message-hidden-long-enough": [[FUNCTION, set({ timeout: 61 })]],
  "mapping-reports-each-message": [[MAPPING, set({ functionResponseTypes: [] })]],
  "mapping-calls-an-alias": [[MAPPING, detach("functionName")]],
  "mapping-has-one-limit": [
    [MAPPING, set({ provisionedPollerConfig: { minimumPollers: 2, maximumPollers: 2 } })],
    [MAPPING, without("scalingConfig")],
  ],
  "concurrency-reserved-for-all-mappings": [[FUNCTION, set({ reservedConcurrentExecutions: 50 })]],
  "distribution-https-only": [
    [
      DISTRIBUTION,
      set({ aliases: ["img.example.org"], viewerCertificate: { minimumProtocolVersion: "TLSv1" } }),
    ],
    [DISTRIBUTION, set({ defaultCacheBehavior: { viewerProtocolPolicy: "allow-all" } })],
  ],
  "distribution-signs-requests": [[DISTRIBUTION, set({ origins: [{ originId: "open" }] })]],
  "images-stay-images": [
    [
      "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
      set({ securityHeadersConfig: { contentTypeOptions: { override: true } } }),
    ],
  ],
  "log-group-forgets": [["aws:cloudwatch/logGroup:LogGroup", set({ retentionInDays: 0 })]],
  "alarm-tells-somebody": [[ALARM, set({ okActions: [] })]],
  "alarm-bears-silence": [[ALARM, set({ treatMissingData: "missing" })]],
};
