// What the program says is in force here, as it would be in AWS: settings, filters, numbers derived from them, policies.
import { GetBucketNotificationConfigurationCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import sharp from "sharp";
import { requestReconcile } from "../../operations/request-reconcile.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { extractMetrics } from "../support/embedded-metrics.ts";
import { expectWholeSet, keysBelow } from "../support/whole-set.ts";

const TINY = [{ name: "tiny", width: 8, formats: ["webp"] }];
const PICTURE = sharp({ create: { width: 16, height: 16, channels: 3, background: "#123456" } })
  .png()
  .toBuffer();

describe("what index.ts and its stack file say is in force", function () {
  this.timeout(90_000);
  let project: TestProject;
  let pipeline: TestPipeline | undefined;

  afterEach(async () => {
    await pipeline?.stop();
    pipeline = undefined;
    project.remove();
  });

  const start = async () => {
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test", maximumEnvironments: 1 });
    return pipeline;
  };

  it("settings, in the queue, the notification and the function", async () => {
    project = aProject({
      variants: TINY,
      batchSize: 3,
      batchWindowSeconds: 1,
      timeoutSeconds: 20,
      maxReceiveCount: 2,
      source: { prefix: "in/", suffixes: [".png"] },
    });
    const { put, drained, lines, ...target } = await start();

    const attributes = await queueAttributes(target);
    expect(attributes.VisibilityTimeout).to.equal("121");
    expect(JSON.parse(attributes.RedrivePolicy ?? "")).to.include({ maxReceiveCount: 2 + 3 });
    expect(await filters(target)).to.deep.equal([{ prefix: "in/", suffix: ".png" }]);

    const announced = [1, 2, 3, 4, 5, 6].map((index) => `in/${index}.png`);
    const passedOver = ["in/1.jpg", "out/1.png"];
    await Promise.all([...announced, ...passedOver].map(async (key) => put(key, await PICTURE)));
    await drained();

    for (const key of announced)
      expect(await expectWholeSet(target, key)).to.deep.equal([`${key}/tiny.webp`]);
    for (const key of passedOver) expect(await keysBelow(target, `${key}/`)).to.be.empty;
    const [[, rendered = []] = []] = Object.entries(extractMetrics(lines)).filter(([name]) =>
      /^Rendered FunctionName=darkroom-worker-\w+$/.test(name),
    );
    expect(rendered.reduce((sum, count) => sum + count, 0)).to.equal(announced.length);
    // Uploads may come so slowly that no batch is ever full; these come all at once.
    await requestReconcile(target, announced);
    await drained();
    expect(Math.max(...lines.map(({ messages = 0 }) => messages))).to.equal(3);
  });

  it("a role without s3:PutObject, which stops the worker, and says so", async () => {
    project = aProject({ variants: TINY, maxReceiveCount: 1 });
    project.edit("infra/permissions.ts", '"s3:GetObject", "s3:PutObject"', '"s3:GetObject"');
    const { put, drained, takeDeadLetters, ...target } = await start();

    await put("cat.png", await PICTURE);
    await drained();

    const [letter, ...others] = await takeDeadLetters();
    expect(others).to.be.empty;
    expect(letter?.MessageAttributes?.ReasonCode?.StringValue).to.equal("ACCESS_DENIED");
    expect(letter?.MessageAttributes?.ReasonMessage?.StringValue).to.include("s3:PutObject");
    expect(await keysBelow(target, "cat.png/")).to.be.empty;
  });
});

type Queue = Pick<TestPipeline, "sqs" | "workQueueUrl">;

async function queueAttributes({ sqs, workQueueUrl }: Queue) {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: workQueueUrl, AttributeNames: ["All"] }),
  );
  return Attributes;
}

async function filters({ s3, sourceBucket }: Pick<TestPipeline, "s3" | "sourceBucket">) {
  const { QueueConfigurations = [] } = await s3.send(
    new GetBucketNotificationConfigurationCommand({ Bucket: sourceBucket }),
  );
  return QueueConfigurations.map(({ Filter }) =>
    Object.fromEntries(
      (Filter?.Key?.FilterRules ?? []).map(({ Name = "", Value }) => [Name.toLowerCase(), Value]),
    ),
  );
}
