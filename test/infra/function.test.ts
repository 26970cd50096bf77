import { expect } from "chai";
import { parseRecipe } from "../../settings/settings.ts";
import { readEnvironment } from "../../worker/environment.ts";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const FUNCTION = "aws:lambda/function:Function";
const MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping";

describe("The function", () => {
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({
      memoryMiB: 3008,
      timeoutSeconds: 90,
      maximumConcurrency: 7,
      backfillConcurrency: 3,
      batchSize: 4,
    });
  });

  it("has the settings' memory, time and CPU", () => {
    const { inputs } = run.one(FUNCTION);
    expect(inputs).to.deep.include({
      memorySize: 3008,
      timeout: 90,
      architectures: ["arm64"],
      runtime: "nodejs24.x",
      handler: "index.handler",
    });
  });

  it("gets an environment that the worker reads, within Lambda's 4 KB", () => {
    const { variables } = run.one(FUNCTION).inputs.environment;
    expect(readEnvironment({ ...variables, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "3008" })).to.deep.include({
      sourceBucket: "photos-source-1a2b3c4",
      destinationBucket: "photos-destination-1a2b3c4",
      workQueueUrl: run.one("aws:sqs/queuePolicy:QueuePolicy", "work").inputs.queueUrl,
      deadLetterQueueUrl: run.one("aws:sqs/queuePolicy:QueuePolicy", "dead-letters").inputs.queueUrl,
      maxReceiveCount: 5,
      recipe: parseRecipe("{}", "recipe"),
      catalogTable: undefined,
      eventsTopicArn: undefined,
    });
    const texts = Object.entries(variables).flat().join("");
    expect(Buffer.byteLength(texts)).to.be.below(4096);
  });

  it("logs to a group of its own, which forgets", () => {
    const group = run.one("aws:cloudwatch/logGroup:LogGroup");
    expect(group.inputs.retentionInDays).to.equal(30);
    expect(run.one(FUNCTION).inputs.loggingConfig).to.deep.equal({
      logFormat: "JSON",
      logGroup: "photos-worker-1a2b3c4",
    });
  });

  it("is fed by a mapping for each lane, which reports each message, up to its concurrency", () => {
    const [work, backfill, ...others] = run.of(MAPPING).map(({ inputs }) => inputs);
    const common = {
      functionName: "arn:aws:lambda:eu-west-1:123456789012:function:photos-worker-1a2b3c4:live",
      batchSize: 4,
      maximumBatchingWindowInSeconds: 0,
      functionResponseTypes: ["ReportBatchItemFailures"],
    };
    expect(work).to.deep.include({
      ...common,
      eventSourceArn: "arn:aws:sqs:eu-west-1:123456789012:photos-work-1a2b3c4",
      scalingConfig: { maximumConcurrency: 7 },
    });
    expect(backfill).to.deep.include({
      ...common,
      eventSourceArn: "arn:aws:sqs:eu-west-1:123456789012:photos-backfill-1a2b3c4",
      scalingConfig: { maximumConcurrency: 3 },
    });
    expect(others).to.deep.equal([]);
  });

  it("is called by an alias of the version deployed last, which an operator can move", () => {
    expect(run.one(FUNCTION).inputs.publish).to.equal(true);
    expect(run.one("aws:lambda/alias:Alias").inputs).to.deep.equal({
      name: "live",
      functionName: "photos-worker-1a2b3c4",
      functionVersion: "7",
    });
  });

  it("and its mappings come after what the role may do", () => {
    const { urn } = run.one("aws:iam/rolePolicy:RolePolicy", "worker");
    for (const { name, dependsOn } of [run.one(FUNCTION), ...run.of(MAPPING)])
      expect(dependsOn, name).to.include(urn);
  });

  it("is fed only once what it gives up is kept", () => {
    const kept = run.of("aws:sqs/redrivePolicy:RedrivePolicy").map(({ urn }) => urn);
    for (const { name, dependsOn } of run.of(MAPPING)) expect(dependsOn, name).to.include.members(kept);
  });
});

describe("The function's concurrency", () => {
  const factsOf = async (settings: object) => {
    const run = await declareDarkroom({ backfill: false, ...settings });
    const { scalingConfig, provisionedPollerConfig } = run.one(MAPPING).inputs;
    const { reservedConcurrentExecutions: reserved } = run.one(FUNCTION).inputs;
    return { reserved, scalingConfig, provisionedPollerConfig };
  };

  it("is reserved for what its mappings may ask for", async () => {
    expect(await factsOf({ maximumConcurrency: 70 })).to.deep.equal({
      reserved: 70,
      scalingConfig: { maximumConcurrency: 70 },
      provisionedPollerConfig: undefined,
    });
    const { of, one } = await declareDarkroom();
    const asked = of(MAPPING).map(({ inputs }) => inputs.scalingConfig.maximumConcurrency);
    expect(one(FUNCTION).inputs.reservedConcurrentExecutions).to.equal(asked[0] + asked[1]);
  });

  it("is not reserved where there is nothing to reserve", async () => {
    expect((await factsOf({ reserveConcurrency: false })).reserved).to.equal(undefined);
  });

  it("can be that of pollers that are always there", async () => {
    expect(await factsOf({ provisionedPollers: { minimum: 3, maximum: 9 } })).to.deep.equal({
      reserved: 90,
      scalingConfig: undefined,
      provisionedPollerConfig: { minimumPollers: 3, maximumPollers: 9 },
    });
  });
});

describe("A key of one's own", () => {
  const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/mine";
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom({ kmsKeyArn });
  });

  it("encrypts every queue and every bucket", () => {
    for (const { inputs } of run.of("aws:sqs/queue:Queue")) {
      expect(inputs.kmsMasterKeyId).to.equal(kmsKeyArn);
      expect(inputs).not.to.have.property("sqsManagedSseEnabled");
    }
    const type = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
    for (const { inputs } of run.of(type)) {
      expect(inputs.rules).to.deep.equal([
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
          bucketKeyEnabled: true,
        },
      ]);
    }
    expect(run.of(type)).to.have.length(2);
  });

  it("is used by the role for objects and messages, and for nothing else", () => {
    const { UseKey } = statementsOf(run.one("aws:iam/rolePolicy:RolePolicy", "worker").inputs.policy);
    expect(UseKey).to.deep.equal({
      Sid: "UseKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: kmsKeyArn,
      Condition: {
        StringEquals: { "kms:ViaService": ["s3.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com"] },
      },
    });
  });
});

describe("The role", () => {
  let statements: ReturnType<typeof statementsOf>;
  let run: MockedRun;

  before(async () => {
    run = await declareDarkroom();
    statements = statementsOf(run.one("aws:iam/rolePolicy:RolePolicy", "worker").inputs.policy);
  });

  it("is assumed by Lambda and nobody else", () => {
    const { assumeRolePolicy } = run.one("aws:iam/role:Role", "worker").inputs;
    expect(JSON.parse(assumeRolePolicy).Statement).to.deep.equal([
      { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    expect(run.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")).to.deep.equal([]);
  });

  it("may do what the worker does, to what it does it to, and nothing more", () => {
    const table = Object.entries(statements).map(([name, { Effect, Action, Resource, Condition }]) => [
      name,
      Effect,
      [Action].flat().join(" "),
      [Resource].flat().join(" "),
      Condition,
    ]);
    const source = "arn:aws:s3:::photos-source-1a2b3c4";
    const destination = "arn:aws:s3:::photos-destination-1a2b3c4";
    const queue = (name: string) => `arn:aws:sqs:eu-west-1:123456789012:photos-${name}-1a2b3c4`;
    const taking = "sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes sqs:ChangeMessageVisibility";
    const logs = "arn:aws:logs:eu-west-1:123456789012:log-group:photos-worker-1a2b3c4:*";
    expect(table).to.deep.equal([
      ["ReadSources", "Allow", "s3:GetObject s3:GetObjectVersion", `${source}/*`, undefined],
      ["TellAbsentFromForbidden", "Allow", "s3:ListBucket", `${source} ${destination}`, undefined],
      ["KeepRenditions", "Allow", "s3:GetObject s3:PutObject s3:DeleteObject", `${destination}/*`, undefined],
      ["TakeMessages", "Allow", taking, `${queue("work")} ${queue("backfill")}`, undefined],
      ["Reject", "Allow", "sqs:SendMessage", queue("dead-letters"), undefined],
      ["WriteLogs", "Allow", "logs:CreateLogStream logs:PutLogEvents", logs, undefined],
    ]);
  });
});
