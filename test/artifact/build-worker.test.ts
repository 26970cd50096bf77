// The artifact for this machine, alone: what runs here is what would be uploaded, with nothing of the project around it.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { buildWorker, hostTarget } from "../../artifact/build-worker.ts";
import { putInPlace } from "../../artifact/worker-native.ts";
import { PROJECT_DIRECTORY } from "../support/a-pipeline.ts";
import { s3Client, sqsClient, startTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { SOURCE_BUCKET, s3Event } from "../support/records.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { expectWholeSet } from "../support/whole-set.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/poster.jpg");
const QUEUE_ARN = "arn:aws:sqs:us-east-1:000000000000:work";

/** Lambda takes 250 MB; a cold start reads all of it. */
const MAX_BYTES = 24_000_000;
/** What a cold start parses, before it knows what it will need. */
const MAX_START_BYTES = 480_000;

const HARNESS = `
  import { handler } from "./index.mjs";
  const context = { getRemainingTimeInMillis: () => 30_000 };
  const answer = await handler(JSON.parse(process.env.EVENT), context);
  console.log(JSON.stringify(answer));
  process.exit();
`;

describe("buildWorker", () => {
  let folder: TemporaryFolder;
  let artifact: string;

  before(async () => {
    folder = temporaryFolder();
    artifact = await buildWorker(hostTarget(), join(folder.path, "dist"));
  });
  after(() => folder.remove());

  it("makes the same bytes wherever it builds", async () => {
    const again = await buildWorker(hostTarget(), join(folder.path, "elsewhere", "dist"));

    expect(again).to.not.equal(artifact);
    expect(digests(again)).to.deep.equal(digests(artifact));
  });

  it("is done by several at once, none in the way of another", async () => {
    const dist = join(folder.path, "together");
    const script = `import { buildWorker } from "./artifact/build-worker.ts"; await buildWorker("${hostTarget()}", process.argv[1]);`;
    const build = () =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, dist], {
        cwd: PROJECT_DIRECTORY,
      });
    await Promise.all([build(), build()]);

    expect(digests(join(dist, `worker-${hostTarget()}`))).to.deep.equal(digests(artifact));
    expect(readdirSync(dist).filter((name) => name.includes("unfinished"))).to.be.empty;
  });

  it("leaves what another has put in its place", () => {
    const [made, place] = ["made", "place"].map((name) => join(folder.path, name)) as [string, string];
    mkdirSync(made);
    mkdirSync(place);
    writeFileSync(join(place, "theirs"), "");
    putInPlace(made, place);

    expect(existsSync(made)).to.equal(false);
    expect(readdirSync(place)).to.deep.equal(["theirs"]);
  });

  it("holds only what runs, within its budget", () => {
    const files = [...digests(artifact).keys()];
    const unread = /\.(ts|mts|cts|md|map|h|cc|gyp)$|(^|\/)(README|CHANGELOG|\.bin|\.package-lock\.json)/i;
    const bytes = files.reduce((sum, name) => sum + statSync(join(artifact, name)).size, 0);

    expect(files).to.include("index.mjs");
    expect(files.filter((name) => unread.test(name) || name.startsWith("node_modules/sharp/src"))).to.be
      .empty;
    expect(bytes).to.be.below(MAX_BYTES);
  });

  it("starts with what every deployment needs: without sharp, and without the clients of those who hear of outcomes", () => {
    const [start, renderer] = [loadedBy("index.mjs"), loadedBy("renderer.mjs")];
    const holds = (modules: Map<string, string>, text: string) =>
      [...modules.values()].some((module) => module.includes(text));

    expect(holds(renderer, 'from"sharp"')).to.equal(true);
    for (const text of ['from"sharp"', "DynamoDB_20120810", "AmazonSimpleNotificationService"]) {
      expect(holds(start, text), text).to.equal(false);
    }
    const bytes = [...start.values()].reduce((sum, module) => sum + Buffer.byteLength(module), 0);
    expect(bytes).to.be.below(MAX_START_BYTES);
  });

  /** Modules by name: itself, and what it imports before it runs. */
  function loadedBy(name: string, loaded = new Map<string, string>()): Map<string, string> {
    const text = readFileSync(join(artifact, name), "utf8");
    loaded.set(name, text);
    for (const [, imported = ""] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
      if (!loaded.has(imported)) loadedBy(imported, loaded);
    }
    return loaded;
  }

  it("renders an image where there is nothing but itself", async () => {
    const cloud = await startTestCloud();
    const alone = join(folder.path, "alone");
    cpSync(artifact, alone, { recursive: true });
    try {
      const { buckets, environment } = await prepare(cloud);
      await buckets.s3.send(
        new PutObjectCommand({ Bucket: SOURCE_BUCKET, Key: "poster.jpg", Body: readFileSync(SAMPLE) }),
      );

      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--input-type=module", "--eval", HARNESS],
        { cwd: alone, env: environment },
      );

      expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).to.deep.equal({ batchItemFailures: [] });
      expect(await expectWholeSet(buckets, "poster.jpg")).to.have.members([
        "poster.jpg/small.webp",
        "poster.jpg/small.avif",
      ]);
    } finally {
      await cloud.stop();
    }
  });
});

async function prepare(cloud: TestCloud) {
  const s3 = s3Client(cloud);
  const sqs = sqsClient(cloud);
  for (const Bucket of [SOURCE_BUCKET, "renditions"]) await s3.send(new CreateBucketCommand({ Bucket }));
  const create = async (QueueName: string) =>
    (await sqs.send(new CreateQueueCommand({ QueueName }))).QueueUrl ?? "";
  const { accessKeyId, secretAccessKey } = cloud.iam.rootCredentials;
  const record = {
    messageId: "message-1",
    receiptHandle: "handle",
    body: s3Event("poster.jpg"),
    attributes: { ApproximateReceiveCount: "1" },
    messageAttributes: {},
    eventSourceARN: QUEUE_ARN,
  };
  const environment = {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
    SOURCE_BUCKET,
    DESTINATION_BUCKET: "renditions",
    WORK_QUEUE_URL: await create("work"),
    DEAD_LETTER_QUEUE_URL: await create("dead-letters"),
    MAX_RECEIVE_COUNT: "5",
    DARKROOM_RECIPE: JSON.stringify({ variants: [{ name: "small", width: 200, formats: ["webp", "avif"] }] }),
    EVENT: JSON.stringify({ Records: [record] }),
  };
  return { buckets: { s3, sourceBucket: SOURCE_BUCKET, destinationBucket: "renditions" }, environment };
}

/** By path within the directory. */
function digests(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" }).toSorted();
  return new Map(
    names
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(directory, name)))
          .digest("hex"),
      ]),
  );
}
