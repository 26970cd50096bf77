// Who hears of outcomes, with all options on: the real program, the built artifact, real processes, and a permission short.
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { type Engine, readFunction } from "../../operations/engine.ts";
import { requestReconcile } from "../../operations/request-reconcile.ts";
import { askCatalog, commandsIn } from "../support/a-catalog.ts";
import { type Listener, listenTo } from "../support/a-listener.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";
import { expectWholeSet } from "../support/whole-set.ts";

const TINY = [{ name: "tiny", width: 8, formats: ["webp"] }];
const PICTURE = sharp({ create: { width: 16, height: 12, channels: 3, background: "#123456" } })
  .png()
  .toBuffer();

describe("with a catalog, a topic and a CDN", function () {
  this.timeout(90_000);
  let project: TestProject;
  let pipeline: TestPipeline;
  let folder: TemporaryFolder;
  let everything: Listener;
  let rejections: Listener;

  before(async () => {
    folder = temporaryFolder();
    project = aProject({ variants: TINY, catalog: true, events: true, cdn: true });
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test" });
    everything = await listenTo(pipeline, "everything");
    rejections = await listenTo(pipeline, "rejections", {
      outcome: ["rejected"],
      key: [{ prefix: "photos/" }],
    });
  });
  after(async () => {
    await pipeline.stop();
    project.remove();
    folder.remove();
  });

  const take = async (count: number, listener = everything) => {
    const heard: Record<string, unknown>[] = [];
    await until(`${count} messages are heard`, async () => {
      heard.push(...(await listener.take()));
      return heard.length >= count;
    });
    return heard.toSorted((a, b) => (String(a.key) < String(b.key) ? -1 : 1));
  };

  it("is estimated with both", async () => {
    const { tells } = await readFunction(pipeline.engine as Engine);
    expect(tells).to.deep.equal({ catalog: true, events: true });
  });

  it("tells what became of each upload, and to each listener what it asked for", async () => {
    await pipeline.s3.send(
      new PutObjectCommand({
        Bucket: pipeline.sourceBucket,
        Key: "photos/cat.png",
        Body: await PICTURE,
        Metadata: { "upload-batch": "monday" },
      }),
    );
    await pipeline.put("photos/notes.jpg", "no image");
    await pipeline.put("texts/notes.jpg", "no image either");
    await pipeline.drained();

    const [cat, notes, text] = await take(3);
    expect(cat).to.include({
      version: 1,
      outcome: "rendered",
      key: "photos/cat.png",
      uploadBatch: "monday",
      width: 16,
      height: 12,
      renditions: 1,
      manifestKey: "photos/cat.png/manifest.json",
      destinationBucket: pipeline.destinationBucket,
    });
    for (const one of [notes, text]) {
      expect(one).to.include({ outcome: "rejected", reason: "UNSUPPORTED_FORMAT" });
    }
    expect((await take(1, rejections)).map(({ key }) => key)).to.deep.equal(["photos/notes.jpg"]);
    await pipeline.takeDeadLetters();
  });

  it("tells it again when an operator asks, and tells of removals", async () => {
    await requestReconcile(pipeline, ["photos/cat.png"]);
    expect((await take(1)).map(({ outcome, uploadBatch }) => [outcome, uploadBatch])).to.deep.equal([
      ["rendered", "monday"],
    ]);
    // It is told before the last look at the source: that one would see the removal, and tell it too.
    await pipeline.drained();

    await pipeline.remove("photos/cat.png");
    await pipeline.drained();
    expect((await take(1)).map(({ outcome, key }) => [outcome, key])).to.deep.equal([
      ["removed", "photos/cat.png"],
    ]);
  });

  it("keeps the same in the catalog, to be found as docs/deploy.md says", async () => {
    const commands = commandsIn("docs/deploy.md", "dynamodb");
    const ask = (name: string, changes: Record<string, string> = {}) =>
      askCatalog(pipeline, commands, name, changes);

    // The sets and the removal of the tests before.
    const removed = await ask("get-item", { "photos/cat.jpg": "photos/cat.png" });
    expect(removed).to.have.length(1);
    expect(removed[0]).to.include({ key: "photos/cat.png", status: "removed" });
    await pipeline.s3.send(
      new PutObjectCommand({
        Bucket: pipeline.sourceBucket,
        Key: "photos/dog.png",
        Body: await PICTURE,
        Metadata: { "upload-batch": "monday" },
      }),
    );
    await pipeline.drained();
    const [dog] = await ask("get-item", { "photos/cat.jpg": "photos/dog.png" });
    expect(dog).to.deep.include({ status: "rendered", uploadBatch: "monday", format: "png", width: 16 });
    expect(dog?.renditions).to.have.length(1);

    expect(await ask("by-batch")).to.deep.equal([]);
    const keysOf = (items: Record<string, unknown>[]) => items.map(({ key }) => key).toSorted();
    const rendered = await ask("by-batch", { '"rejected"': '"rendered"' });
    expect(keysOf(rendered)).to.deep.equal(["photos/dog.png"]);
    const shards = [..."0123456789abcdef"].map((shard) => ask("by-status", { "'$shard'": shard }));
    const rejected = (await Promise.all(shards)).flat();
    expect(keysOf(rejected)).to.deep.equal(["photos/notes.jpg", "texts/notes.jpg"]);
    for (const { reason } of rejected) expect(reason).to.equal("UNSUPPORTED_FORMAT");
  });

  it("keeps who changed what in the catalog, too", async () => {
    const outputs = folder.write("outputs.json", JSON.stringify(pipeline.outputs));
    const environment = {
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: folder.path,
    };
    const { code, stderr } = await darkroomHere(["pause", "--yes", "--outputs", outputs], environment);
    expect([code, stderr]).to.deep.equal([0, stderr.replace(/.*Not written.*/, "")]);

    const commands = commandsIn("docs/deploy.md", "dynamodb");
    const [entry, ...others] = await askCatalog(pipeline, commands, "by-status", {
      "rejected#'$shard'": "audit",
    });
    expect(others).to.deep.equal([]);
    const key = String(entry?.key);
    const [whole] = await askCatalog(pipeline, commands, "get-item", { "photos/cat.jpg": key });
    expect(whole).to.deep.include({ key, status: "audit", deed: "pause", counts: { changed: 2 } });
  });

  it("lists the CDN as recorded, and gives the addresses of the others", () => {
    expect(pipeline.outputs.cdnUrl).to.match(/^https:\/\/darkroom-cdn-\w+\.invalid$/);
    expect(pipeline.outputs.catalogTable).to.match(/^darkroom-catalog-\w+$/);
    expect(pipeline.outputs.eventsTopicArn).to.match(/^arn:aws:sns:[^:]+:\d{12}:darkroom-events-\w+$/);
  });
});

describe("a role that may not publish", function () {
  this.timeout(90_000);

  it("keeps each message until its last receive; the set stands, and the dead letter says why", async () => {
    const project = aProject({ variants: TINY, events: true, maxReceiveCount: 2 });
    project.edit("infra/permissions.ts", "...tellOutcomes(args),", "");
    const pipeline = await startPipeline({ projectDirectory: project.path, stack: "test" });
    try {
      await pipeline.put("cat.png", await PICTURE);
      await pipeline.drained();

      await expectWholeSet(pipeline, "cat.png");
      const [letter, ...others] = await pipeline.takeDeadLetters();
      expect(others).to.deep.equal([]);
      expect(letter?.MessageAttributes?.ReasonCode?.StringValue).to.equal("ACCESS_DENIED");
      expect(letter?.MessageAttributes?.ReasonMessage?.StringValue).to.match(
        /^It is rendered, but that could not be told: AuthorizationErrorException: /,
      );
      const events = pipeline.lines.filter(({ key }) => key === "cat.png").map(({ event }) => event);
      expect(events).to.deep.equal(["untold", "retried", "untold", "rejected"]);
    } finally {
      await pipeline.stop();
      project.remove();
    }
  });
});
