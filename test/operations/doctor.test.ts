// Faults planted in a whole stack, one after the other: after each, those checks fail that failed well before, and no others.
import {
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  PutBucketNotificationConfigurationCommand,
  PutPublicAccessBlockCommand,
  type QueueConfiguration,
} from "@aws-sdk/client-s3";
import { SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { type DoctorOptions, examine } from "../../operations/doctor/doctor.ts";
import { type Engine, idOf } from "../../operations/engine.ts";
import { switchMappings } from "../../operations/pause.ts";
import type { Target } from "../../operations/target.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";
import { type Answer, type Changes, misinformed } from "../support/misinformed.ts";

describe("the doctor", function () {
  this.timeout(60_000);
  let pipeline: TestPipeline;
  const everFailed = new Set<string>();

  before(async () => {
    pipeline = await startPipeline();
  });
  after(() => pipeline.stop());

  const look = async (target: Target, options: Partial<DoctorOptions> = {}) => {
    const some = { probe: false, pollMs: 20, limitSeconds: 0.2, waitSeconds: 0 };
    return await examine(target, { ...some, ...options });
  };
  const failedIn = async (target: Target, options: Partial<DoctorOptions> = {}) =>
    (await look(target, options)).filter(({ state }) => state === "failed").map(({ name }) => name);
  const expectFailures = async (plant: () => Promise<unknown>, names: string[]) => {
    const before = await failedIn(pipeline);
    await plant();
    const failed = (await failedIn(pipeline)).filter((name) => !before.includes(name));
    for (const name of failed) everFailed.add(name);
    expect(failed).to.deep.equal(names);
  };
  const expectFailuresOf = async (target: Target, names: string[], options: Partial<DoctorOptions> = {}) => {
    const failed = await failedIn(target, options);
    for (const name of failed) everFailed.add(name);
    expect(failed).to.deep.equal(names);
  };

  it("finds nothing wrong with a stack that was just deployed", () => expectFailuresOf(pipeline, []));

  describe("told otherwise by Lambda, says so of", () => {
    const mapping = (changes: Answer): Changes => ({
      [`/event-source-mappings/${idOf(pipeline.engine as Engine, "work")}`]: (answer) => ({
        ...answer,
        ...changes,
      }),
    });
    const own = () => (pipeline.engine as Engine).functionName;
    const rows: [name: string, changes: () => Changes, failed: string[]][] = [
      [
        "a function that does not run",
        () => ({ "/configuration": (was) => ({ ...was, State: "Failed" }) }),
        ["function"],
      ],
      [
        "a runtime that is past its end",
        () => ({ "/configuration": (was) => ({ ...was, Runtime: "nodejs20.x" }) }),
        ["runtime"],
      ],
      [
        "a mapping that calls no alias",
        () => mapping({ FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${own()}` }),
        ["alias"],
      ],
      ["batches that no invocation has time for", () => mapping({ BatchSize: 1000 }), ["time of a batch"]],
      [
        "more in flight than SQS allows",
        () => mapping({ BatchSize: 121, ScalingConfig: { MaximumConcurrency: 1000 } }),
        ["time of a batch", "messages in flight"],
      ],
      [
        "a mapping that deletes what failed",
        () => mapping({ FunctionResponseTypes: [] }),
        ["work lane's mapping"],
      ],
      [
        "less reserved than the lanes ask for",
        () => ({ "/concurrency": () => ({ ReservedConcurrentExecutions: 14 }) }),
        ["reserved concurrency"],
      ],
      [
        "an account of ten invocations",
        () => ({
          "/concurrency": () => ({}),
          "/account-settings": () => ({
            AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 },
          }),
        }),
        ["account's concurrency"],
      ],
    ];
    for (const [name, changes, failed] of rows) {
      it(name, () => expectFailuresOf({ ...pipeline, engine: misinformed(pipeline, changes()) }, failed));
    }

    it("an alias that was moved back, which is no failure", async () => {
      const engine = misinformed(pipeline, {
        [`${own()}/configuration`]: (was) => ({ ...was, CodeSha256: "another" }),
      });
      const found = (await look({ ...pipeline, engine })).find(({ name }) => name === "alias");

      expect(found).to.include({
        state: "remark",
        found: "live runs another version than the one deployed last.",
      });
    });

    it("enough for both lanes, once it is there", async () => {
      const engine = misinformed(pipeline, {
        "/concurrency": () => ({ ReservedConcurrentExecutions: 15 }),
        "/account-settings": () => ({
          AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 985 },
        }),
      });
      const findings = await look({ ...pipeline, engine });

      // Nobody has subscribed yet.
      expect(findings.filter(({ state }) => state !== "good").map(({ name }) => name)).to.deep.equal([
        "alarms",
      ]);
    });
  });

  describe("looked at otherwise", () => {
    it("says when this machine's clock is wrong, and when the runtime will end", async () => {
      await expectFailuresOf(pipeline, ["clock"], { now: () => Date.now() - 90_000 });
      const late = () => Date.parse("2028-04-01");
      const found = (await look(pipeline, { now: late })).find(({ name }) => name === "runtime");
      expect(found).to.include({ state: "remark", found: "nodejs24.x has updates until 2028-04-30 only." });
    });

    it("says which lane feeds from another queue", async () => {
      const engine = pipeline.engine as Engine;
      const { work, backfill = "" } = engine.mappingIds;
      await expectFailuresOf(
        { ...pipeline, engine: { ...engine, mappingIds: { work: backfill, backfill: work } } },
        ["work lane's mapping", "backfill lane's mapping"],
      );
    });

    it("says that a bucket is not there", async () => {
      const ofBucket = (role: string) => [
        `${role} bucket`,
        ...["'s encryption", "'s public access block", " over TLS", "'s leftovers"].map(
          (what) => `${role} bucket${what}`,
        ),
      ];
      await expectFailuresOf({ ...pipeline, sourceBucket: "no-such-bucket" }, [
        ...ofBucket("source"),
        ...["notification", "work queue's policy", "clock"],
      ]);
      await expectFailuresOf({ ...pipeline, destinationBucket: "no-such-bucket" }, [
        ...ofBucket("destination"),
        "no loop",
      ]);
    });
  });

  describe("says which check fails, when somebody changes", () => {
    for (const role of ["source", "destination"] as const) {
      const bucket = () => ({
        Bucket: role === "source" ? pipeline.sourceBucket : pipeline.destinationBucket,
      });
      const half = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true };
      const open = () => ({
        ...bucket(),
        PublicAccessBlockConfiguration: { ...half, RestrictPublicBuckets: false },
      });
      const rows: [what: string, plant: () => Promise<unknown>][] = [
        ["'s encryption", () => pipeline.s3.send(new DeleteBucketEncryptionCommand(bucket()))],
        ["'s public access block", () => pipeline.s3.send(new PutPublicAccessBlockCommand(open()))],
        [" over TLS", () => pipeline.s3.send(new DeleteBucketPolicyCommand(bucket()))],
        ["'s leftovers", () => pipeline.s3.send(new DeleteBucketLifecycleCommand(bucket()))],
      ];
      for (const [what, plant] of rows) {
        it(`${role} bucket${what}`, () => expectFailures(plant, [`${role} bucket${what}`]));
      }
    }

    const announce =
      (bucket: "sourceBucket" | "destinationBucket", Events: QueueConfiguration["Events"]) => async () => {
        const { Attributes } = await pipeline.sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: pipeline.workQueueUrl, AttributeNames: ["QueueArn"] }),
        );
        const QueueConfigurations = Events ? [{ QueueArn: Attributes?.QueueArn, Events }] : [];
        await pipeline.s3.send(
          new PutBucketNotificationConfigurationCommand({
            Bucket: pipeline[bucket],
            SkipDestinationValidation: true,
            NotificationConfiguration: { QueueConfigurations },
          }),
        );
      };
    const alarms = () => pipeline.alarms ?? expect.fail("The outputs name no topic of alarms.");
    const subscribe = async (Protocol: string, Endpoint: string) =>
      (await alarms().sns()).send(new SubscribeCommand({ TopicArn: alarms().topicArn, Protocol, Endpoint }));
    it("who hears of the alarms", async () => {
      const queueArn = "arn:aws:sqs:us-east-1:000000000000:pager";
      const found = async () => (await look(pipeline)).find(({ name }) => name === "alarms");
      expect(await found()).to.include({ state: "remark", found: "Nobody hears of them." });
      await pipeline.sqs.send(new CreateQueueCommand({ QueueName: "pager" }));
      await subscribe("sqs", queueArn);
      expect(await found()).to.include({ state: "good", found: "1 hears of them" });
      await expectFailures(() => subscribe("email", "night@example.org"), ["alarms"]);
      expect(await found()).to.include({ found: "Not confirmed: night@example.org." });
    });

    it("half of the notification", () =>
      expectFailures(announce("sourceBucket", ["s3:ObjectCreated:*"]), ["notification"]));
    it("the notification of the destination", () =>
      expectFailures(announce("destinationBucket", ["s3:ObjectTagging:*"]), ["no loop"]));

    const queues = {
      work: () => pipeline.workQueueUrl,
      backfill: () => pipeline.backfillQueueUrl ?? "",
      "dead-letter": () => pipeline.deadLetterQueueUrl,
    };
    const rows: [queue: keyof typeof queues, attribute: string, value: string, failed: string[]][] = [
      ["work", "MaximumMessageSize", "1024", ["work queue's message size"]],
      ["work", "VisibilityTimeout", "359", ["work queue's visibility timeout"]],
      ["backfill", "VisibilityTimeout", "359", ["backfill queue's visibility timeout"]],
      ["work", "RedrivePolicy", "", ["work queue's redrive policy"]],
      ["backfill", "RedrivePolicy", "", ["backfill queue's redrive policy"]],
      ["dead-letter", "RedriveAllowPolicy", '{"redrivePermission":"denyAll"}', ["redrive-allow policy"]],
      ["work", "SqsManagedSseEnabled", "false", ["work queue's encryption"]],
      ["backfill", "SqsManagedSseEnabled", "false", ["backfill queue's encryption"]],
      ["dead-letter", "SqsManagedSseEnabled", "false", ["dead-letter queue's encryption"]],
      ["work", "Policy", "", ["work queue's policy", "work queue over TLS"]],
      ["backfill", "Policy", "", ["backfill queue over TLS"]],
      ["dead-letter", "Policy", "", ["dead-letter queue over TLS"]],
      ["dead-letter", "MessageRetentionPeriod", "345600", ["dead letters' retention"]],
    ];
    for (const [queue, attribute, value, failed] of rows) {
      it(`${attribute} of the ${queue} queue`, () =>
        expectFailures(
          () =>
            pipeline.sqs.send(
              new SetQueueAttributesCommand({
                QueueUrl: queues[queue](),
                Attributes: { [attribute]: value },
              }),
            ),
          failed,
        ));
    }
  });

  describe("in the end", () => {
    it("says how long dead letters are there yet, and when that is too short", async () => {
      await sendDeadLetters(pipeline, [{ key: "broken.jpg" }]);
      const { state, found } = (await look(pipeline)).find(({ name }) => name === "dead letters") ?? {};
      expect([state, found]).to.deep.equal(["remark", "1 are there; the first is gone in 4.0 days."]);

      await expectFailures(
        () =>
          pipeline.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl: pipeline.deadLetterQueueUrl,
              Attributes: { MessageRetentionPeriod: String(1.9 * 86_400) },
            }),
          ),
        ["dead letters"],
      );
    });

    it("says which lane is off, and that no image goes all the way", async () => {
      const lanes = ["work", "backfill"] as const;
      await expectFailures(
        () => switchMappings(pipeline.engine as Engine, { lanes, enabled: false, pollMs: 20 }),
        ["work lane", "backfill lane"],
      );
      const [last] = (await look(pipeline, { probe: true })).slice(-1);
      everFailed.add(last?.name ?? "");
      expect(last).to.include({ name: "probe image", state: "failed" });
      expect(last?.found).to.match(/^darkroom-doctor-.*\.png was not rendered within 0\.2 s\.$/);
    });

    it("has no check that was not seen to fail here", async () => {
      const names = (await look(pipeline, { probe: true })).map(({ name }) => name);

      expect(names.filter((name) => !everFailed.has(name))).to.deep.equal([]);
      expect(new Set(names).size).to.equal(names.length);
    });
  });
});
