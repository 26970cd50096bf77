// Who hears of outcomes: the catalog and the topic, each for itself and both together.
import { expect } from "chai";
import { readEnvironment } from "../../worker/environment.ts";
import { type MockedRun, statementsOf } from "../support/mocked-program.ts";
import { declareDarkroom } from "./a-darkroom.ts";

const TABLE = "aws:dynamodb/table:Table";
const TOPIC = "aws:sns/topic:Topic";
const KEY = "arn:aws:kms:eu-west-1:123456789012:key/mine";
const TABLE_ARN = "arn:aws:dynamodb:eu-west-1:123456789012:photos-catalog-1a2b3c4";
const TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:photos-events-1a2b3c4";

const permissionsIn = (run: MockedRun, role = "worker") =>
  statementsOf(run.one("aws:iam/rolePolicy:RolePolicy", role).inputs.policy);
const environmentIn = (run: MockedRun): Record<string, string> =>
  run.one("aws:lambda/function:Function").inputs.environment.variables;
const listeners = (run: MockedRun) => [...run.of(TABLE), ...run.of(TOPIC)].map(({ name }) => name);

describe("The catalog and the topic of outcomes", () => {
  let both: MockedRun;

  before(async () => {
    both = await declareDarkroom({ catalog: true, events: true, tags: { team: "photos" } });
  });

  it("are not there unless they are asked for, and leave nothing of theirs", async () => {
    const plain = await declareDarkroom({ kmsKeyArn: KEY });
    expect(listeners(plain)).to.deep.equal(["photos-alarms"]);
    expect(JSON.stringify(permissionsIn(plain))).not.to.match(/dynamodb|sns/);
    expect(Object.keys(environmentIn(plain))).not.to.include.any.members([
      "CATALOG_TABLE",
      "EVENTS_TOPIC_ARN",
    ]);
  });

  it("come one by one, and the worker may write to what is there, and read nothing", async () => {
    const catalog = await declareDarkroom({ catalog: true });
    const events = await declareDarkroom({ events: true });
    const write = { Sid: "WriteCatalog", Effect: "Allow", Action: "dynamodb:PutItem", Resource: TABLE_ARN };
    const publish = { Sid: "PublishOutcomes", Effect: "Allow", Action: "sns:Publish", Resource: TOPIC_ARN };

    for (const [run, names, statements] of [
      [catalog, ["photos-catalog", "photos-alarms"], [write]],
      [events, ["photos-events", "photos-alarms"], [publish]],
      [both, ["photos-catalog", "photos-events", "photos-alarms"], [write, publish]],
    ] as const) {
      expect(listeners(run)).to.have.members(names);
      const found = Object.values(permissionsIn(run)).filter(({ Action }) =>
        /dynamodb|sns/.test(JSON.stringify(Action)),
      );
      expect(found).to.deep.equal(statements);
    }
  });

  it("are told to the worker, within Lambda's 4 KB", () => {
    const variables = environmentIn(both);
    const environment = readEnvironment({ ...variables, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769" });
    expect(environment).to.include({ catalogTable: "photos-catalog-1a2b3c4", eventsTopicArn: TOPIC_ARN });
    const { DARKROOM_RECIPE: recipe, ...others } = variables;
    expect(recipe).to.be.a("string");
    // A recipe has 3,072 bytes at most: settings/disagreements.ts.
    expect(Buffer.byteLength(Object.entries(others).flat().join(""))).to.be.below(4096 - 3072 - 15);
  });

  it("are drawn where failures are, if they are there", async () => {
    const bodyOf = (run: MockedRun) => run.one("aws:cloudwatch/dashboard:Dashboard").inputs.dashboardBody;
    expect(bodyOf(both)).to.include('"Untold"');
    expect(bodyOf(await declareDarkroom())).not.to.include('"Untold"');
  });

  describe("The catalog", () => {
    it("can be set back, forgets what was removed, and is looked up by key, status and batch", () => {
      const { inputs } = both.one(TABLE);
      expect(inputs).to.deep.include({
        hashKey: "key",
        billingMode: "PAY_PER_REQUEST",
        pointInTimeRecovery: { enabled: true },
        ttl: { attributeName: "expiresAt", enabled: true },
        tags: { team: "photos" },
      });
      const indexes = inputs.globalSecondaryIndexes.map(
        ({ name, keySchemas }: { name: string; keySchemas: { attributeName: string }[] }) => [
          name,
          ...keySchemas.map(({ attributeName }) => attributeName),
        ],
      );
      expect(indexes).to.deep.equal([
        ["by-status", "statusShard", "finishedAt"],
        ["by-batch", "uploadBatch", "status"],
      ]);
      // DynamoDB refuses a table with attributes that are no keys, and one with keys that are none of them.
      const attributes = inputs.attributes.map(({ name }: { name: string }) => name);
      expect(attributes).to.have.members(["key", ...indexes.flatMap(([, ...keys]: string[]) => keys)]);
    });

    it("is protected as the buckets are", async () => {
      const loose = (await declareDarkroom({ catalog: true, protect: false })).one(TABLE);
      const { protect, inputs } = both.one(TABLE);
      expect([protect, inputs.deletionProtectionEnabled]).to.deep.equal([true, true]);
      expect([loose.protect, loose.inputs.deletionProtectionEnabled]).to.deep.equal([false, false]);
    });
  });

  describe("The topic", () => {
    it("is another than that of alarms, encrypted, and refuses messages without TLS", () => {
      expect(both.one(TOPIC, "events").inputs.kmsMasterKeyId).to.equal("alias/aws/sns");
      const { inputs } = both.one("aws:sns/topicPolicy:TopicPolicy", "events");
      expect(inputs.arn).to.equal(TOPIC_ARN);
      expect(statementsOf(inputs.policy)).to.deep.equal({
        DenyWithoutTls: {
          Sid: "DenyWithoutTls",
          Effect: "Deny",
          Principal: "*",
          Action: "sns:Publish",
          Resource: [TOPIC_ARN],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      });
    });
  });

  it("are looked at by operators, who write into the catalog only what they did", () => {
    const used = (role: string) =>
      Object.values(permissionsIn(both, role)).flatMap(({ Action, Resource }) =>
        [Action]
          .flat()
          .filter((action) => /^(dynamodb|sns:Publish)/.test(action))
          .map((action) => [action, Resource]),
      );
    const everywhere = [TABLE_ARN, `${TABLE_ARN}/index/*`];
    const look = ["dynamodb:GetItem", "dynamodb:Query"].map((action) => [action, everywhere]);
    expect(used("operator-read")).to.deep.equal(look);
    expect(used("operator-redrive")).to.deep.equal([...look, ["dynamodb:PutItem", TABLE_ARN]]);
  });

  it("are encrypted with the owner's key, which the worker may use through them", async () => {
    const run = await declareDarkroom({ catalog: true, events: true, kmsKeyArn: KEY });
    expect(run.one(TABLE).inputs.serverSideEncryption).to.deep.equal({ enabled: true, kmsKeyArn: KEY });
    expect(run.one(TOPIC, "events").inputs.kmsMasterKeyId).to.equal(KEY);
    const { UseKey, UseKeyOfCatalog } = permissionsIn(run);
    const services = (statement: typeof UseKey) => statement?.Condition.StringEquals["kms:ViaService"];
    expect(services(UseKey)).to.deep.equal(
      ["s3", "sqs", "sns"].map((name) => `${name}.eu-west-1.amazonaws.com`),
    );
    expect(services(UseKeyOfCatalog)).to.deep.equal(["dynamodb.eu-west-1.amazonaws.com"]);
    expect([UseKey?.Resource, UseKeyOfCatalog?.Resource]).to.deep.equal([KEY, KEY]);
  });
});
