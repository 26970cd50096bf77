// Canaries, with the real worker: while a bucket policy forbids it to write, and when it is gone.
import { join } from "node:path";
import { GetBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { expect } from "chai";
import sharp from "sharp";
import { type DeadLetter, listDeadLetters } from "../../operations/dead-letters/dead-letters.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject, type TestProject } from "../support/a-project.ts";
import { darkroomHere } from "../support/darkroom.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { expectWholeSet } from "../support/whole-set.ts";

const COUNT = 8;
const CANARIES = 3;

describe("darkroom dlq redrive --canary", function () {
  this.timeout(90_000);
  let project: TestProject;
  let pipeline: TestPipeline;
  let folder: TemporaryFolder;
  let allowing: string;
  const keys = Array.from({ length: COUNT }, (_, index) => `${index}.png`);

  before(async () => {
    folder = temporaryFolder();
    // Given up after the first receive: the back-offs between several are minutes long.
    project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }], maxReceiveCount: 1 });
    pipeline = await startPipeline({ projectDirectory: project.path, stack: "test", maximumEnvironments: 1 });
    folder.write("outputs.json", JSON.stringify({ region: "us-east-1", ...pipeline.outputs }));
    const { s3, destinationBucket: Bucket } = pipeline;
    allowing = (await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? "";
    const { Statement, ...rest } = JSON.parse(allowing);
    const deny = {
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `arn:aws:s3:::${Bucket}/*`,
    };
    await setPolicy(JSON.stringify({ ...rest, Statement: [...Statement, deny] }));
    const picture = sharp({ create: { width: 16, height: 16, channels: 3, background: "#123456" } });
    for (const key of keys) await pipeline.put(key, await picture.png().toBuffer());
    await pipeline.drained();
  });
  after(async () => {
    await pipeline.stop();
    folder.remove();
    project.remove();
  });

  const setPolicy = (Policy: string) =>
    pipeline.s3.send(new PutBucketPolicyCommand({ Bucket: pipeline.destinationBucket, Policy }));
  const redrive = async () => {
    const words = ["dlq", "redrive", "--reason", "ACCESS_DENIED", "--canary", String(CANARIES), "--yes"];
    return await darkroomHere([...words, "--outputs", join(folder.path, "outputs.json")], {
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: join(folder.path, "state"),
    });
  };
  const letters = async () => {
    const found: DeadLetter[] = [];
    for await (const letter of listDeadLetters(pipeline, { waitSeconds: 0 })) found.push(letter);
    return found;
  };

  it("stops after the canaries while the cause is there, and says so", async () => {
    const { code, stdout } = await redrive();

    expect(code).to.equal(1);
    expect(stdout).to.match(/ACCESS_DENIED +3 +0 +3 +0\n/);
    expect(stdout).to.include("Stopped after 3 canaries: 0 of them done. The rest was left where it is.");
    const counts = (await letters()).map(({ redriveCount }) => redriveCount).toSorted();
    expect(counts).to.deep.equal([...Array(COUNT - CANARIES).fill(0), ...Array(CANARIES).fill(1)]);
  });

  it("sends the rest after them when the cause is gone", async () => {
    await setPolicy(allowing);
    const { code, stdout } = await redrive();

    expect(code).to.equal(0);
    expect(stdout).to.match(/ACCESS_DENIED +8 +8 +0 +0\n/);
    expect(await letters()).to.deep.equal([]);
    for (const key of keys) await expectWholeSet(pipeline, key);
  });
});
