// kill -9, twice: while files are uploaded, and while they are rendered. The same command again, and nothing is missing.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { aProject, type TestProject } from "../support/a-project.ts";
import {
  darkroom,
  killRemaining,
  type RunningDarkroom,
  START_LIMIT_MS,
  startDarkroom,
} from "../support/darkroom.ts";
import { s3Client, startTestCloud } from "../support/local-cloud.ts";
import { descendantsOf, stillRunning } from "../support/processes.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";
import { expectWholeSet } from "../support/whole-set.ts";

const COUNT = 80;

describe("darkroom local, killed", () => {
  let project: TestProject;
  let folder: TemporaryFolder;
  let words: string[];

  before(async () => {
    folder = temporaryFolder();
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }], batchSize: 5 });
    for (let index = 0; index < COUNT; index++) {
      const background = { r: index, g: 255 - index, b: 128 };
      const picture = sharp({ create: { width: 64, height: 64, channels: 3, background } });
      folder.write(`pictures/${index}.png`, await picture.png().toBuffer());
    }
    const [data, out] = [join(folder.path, "data"), join(folder.path, "out")];
    words = ["local", join(folder.path, "pictures"), "--stack", "test", "--data", data, "--out", out];
  });
  after(() => {
    killRemaining();
    folder.remove();
    project.remove();
  });

  it("renders all images in the end, and no environment outlives it", async function () {
    this.timeout(360_000);
    await killWhen("source", 25);
    await killWhen("destination", 60);
    folder.write("data/code/0123.unfinished-1/index.mjs", "half of a function's code");

    const { code, stdout } = await darkroom([...words, "--json"], { projectDirectory: project.path });

    expect(code).to.equal(0);
    expect(JSON.parse(stdout).totals).to.include({ done: COUNT, rejected: 0, unfinished: 0 });
    expect(existsSync(join(folder.path, "data/code"))).to.equal(false);
    const cloud = await startTestCloud({ dataDirectory: join(folder.path, "data") });
    const buckets = { s3: s3Client(cloud), ...(await bucketNames(s3Client(cloud))) };
    for (let index = 0; index < COUNT; index++) await expectWholeSet(buckets, `${index}.png`);
    await cloud.stop();
  });

  /** Starts the command, and kills it once the bucket holds more than `least` objects, but before it is done. */
  async function killWhen(which: "source" | "destination", least: number): Promise<void> {
    const running = startDarkroom(words, { projectDirectory: project.path });
    const endpoint = await endpointOf(running);
    const s3 = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: LOCAL });
    const { [`${which}Bucket` as const]: Bucket } = await bucketNames(s3);
    let found = 0;
    await until(`the ${which} bucket holds ${least} objects`, async () => {
      const { KeyCount = 0 } = await s3.send(new ListObjectsV2Command({ Bucket }));
      found = KeyCount;
      return found > least;
    });
    const started = descendantsOf(running.pid);
    running.process.kill("SIGKILL");
    const { code } = await running.ended;
    s3.destroy();

    expect(code, "killed").to.equal(null);
    expect(found, "killed in the middle").to.be.below(which === "source" ? COUNT : 2 * COUNT);
    expect(started, "environments").to.not.be.empty;
    await until("the environments are gone", () => stillRunning(started).length === 0);
  }

  async function endpointOf(running: RunningDarkroom): Promise<string> {
    const path = join(folder.path, "data/running.json");
    const isUp = () => existsSync(path) && JSON.parse(readFileSync(path, "utf8")).pid === running.pid;
    await until("it is up", isUp, START_LIMIT_MS);
    return JSON.parse(readFileSync(path, "utf8")).endpoint;
  }
});

const LOCAL = { accessKeyId: "local", secretAccessKey: "local" };

async function bucketNames(s3: S3Client) {
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const named = (what: string) => Buckets.find(({ Name }) => Name?.includes(what))?.Name ?? "";
  return { sourceBucket: named("-source"), destinationBucket: named("-destination") };
}
