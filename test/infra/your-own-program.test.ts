import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { Darkroom } from "../../infra/darkroom.ts";
import { type Transforms, transformation } from "../../infra/transform.ts";
import { type MockedRun, runMocked } from "../support/mocked-program.ts";

const code = new pulumi.asset.FileArchive("an/artifact");
const ALL_OPTIONS = { cdn: true, catalog: true, events: true, accessLogs: true };

describe("Darkroom in a program of your own", () => {
  describe("The example in docs/", () => {
    let run: MockedRun;

    before(async () => {
      run = await runMocked(() => import("../../docs/your-own-program.ts"));
    });

    it("sets what it says it sets", () => {
      const { inputs } = run.one("aws:lambda/function:Function");
      expect(inputs.description).to.equal("Renders the photos of the shop.");
      expect(JSON.parse(inputs.environment.variables.DARKROOM_RECIPE).variants[0].name).to.equal("web");
      const notification = run.one("aws:s3/bucketNotification:BucketNotification").inputs;
      expect(notification.eventbridge).to.equal(true);
      expect(notification.queues).to.have.length(1);
      const missing = run
        .of("aws:cloudwatch/metricAlarm:MetricAlarm")
        .map(({ inputs }) => `${inputs.metricName} ${inputs.treatMissingData}`);
      expect(missing).to.include.members(["Errors ignore", "Throttles notBreaching"]);
    });

    it("hangs something on to Darkroom's own bucket", () => {
      const { inputs } = run.one("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration");
      expect(inputs.bucket).to.equal("photos-source-1a2b3c4");
    });
  });

  it("has a hook for each resource that it names, and only for that", async () => {
    const marks: Required<Transforms> = {
      sourceBucket: { tags: { hook: "sourceBucket" } },
      destinationBucket: { tags: { hook: "destinationBucket" } },
      distribution: { tags: { hook: "distribution" } },
      catalogTable: { tags: { hook: "catalogTable" } },
      eventsTopic: { tags: { hook: "eventsTopic" } },
      notification: { region: "notification" },
      queue: { tags: { hook: "queue" } },
      deadLetterQueue: (args) => ({ ...args, tags: { hook: "deadLetterQueue" } }),
      function: { tags: { hook: "function" } },
      logGroup: { tags: { hook: "logGroup" } },
      alarm: (args) => ({ ...args, tags: { hook: `alarm ${args.metricName}` } }),
    };
    const run = await runMocked(
      () => new Darkroom("photos", { code, settings: ALL_OPTIONS, transform: marks }),
    );
    const marked = run.resources
      .map(({ name, inputs }) => [name, inputs.tags?.hook ?? inputs.region])
      .filter(([name, hook]) => hook !== undefined && !String(name).includes("-alarms-"));
    expect(marked).to.have.deep.members([
      ["photos-source", "sourceBucket"],
      ["photos-destination", "destinationBucket"],
      ["photos-cdn", "distribution"],
      ["photos-catalog", "catalogTable"],
      ["photos-events", "eventsTopic"],
      ["photos", "notification"],
      ["photos-work", "queue"],
      ["photos-backfill", "queue"],
      ["photos-dead-letters", "deadLetterQueue"],
      ["photos-worker", "function"],
      ["photos-worker", "logGroup"],
    ]);
    for (const { inputs } of run.of("aws:cloudwatch/metricAlarm:MetricAlarm"))
      expect(inputs.tags.hook).to.equal(`alarm ${inputs.metricName}`);
  });

  it("keeps the program's own transformations", async () => {
    const renamed = transformation({ sourceBucket: { bucketPrefix: "ours-" } });
    const run = await runMocked(
      () =>
        new Darkroom(
          "photos",
          { code, transform: { destinationBucket: { bucketPrefix: "theirs-" } } },
          { transformations: [renamed] },
        ),
    );
    const prefixes = run.of("aws:s3/bucket:Bucket").map(({ inputs }) => inputs.bucketPrefix);
    expect(prefixes).to.have.members(["ours-", "theirs-"]);
  });

  it("gives all its resources for the rest", async () => {
    let darkroom: Darkroom | undefined;
    const run = await runMocked(() => {
      darkroom = new Darkroom("photos", { code, settings: ALL_OPTIONS });
    });
    const names = await Promise.all(
      Object.values(darkroom?.nodes ?? {}).flatMap((node) => (node ? promiseOf(node.urn) : [])),
    );
    expect(new Set(names).size).to.equal(20);
    expect(run.resources.map(({ urn }) => urn)).to.include.members(names);
  });

  it("reports wrong settings before it declares anything", async () => {
    let problem: unknown;
    const run = await runMocked(() => {
      try {
        new Darkroom("photos", { code, settings: { batchSize: 0, timeoutSeconds: 1 } });
      } catch (error) {
        problem = error;
      }
    });
    expect(problem).to.be.instanceOf(pulumi.RunError);
    expect((problem as Error).message.split("\n")).to.have.length(3);
    expect(run.of("darkroom:index:Darkroom")).to.deep.equal([]);
  });
});

function promiseOf<Value>(output: pulumi.Output<Value>): Promise<Value> {
  return new Promise((resolve) => void output.apply(resolve));
}
