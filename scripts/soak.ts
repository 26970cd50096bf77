// `npm run soak`: local mode with real processes and the real artifact, killed again and again: environments at random,
// and the whole of it five times, while files are overwritten. In the end every set is whole, or it exits with 1.
// The choice of victims is seeded; when they die is up to the machine.

import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { HeadObjectCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { findRunning } from "../local/running.ts";
import { bareEtag } from "../operations/etag.ts";
import { readManifest } from "../operations/manifest.ts";
import { createRandom } from "../test/simulation/random.ts";
import { aProject } from "../test/support/a-project.ts";
import { killRemaining, type RunningDarkroom, startDarkroom } from "../test/support/darkroom.ts";
import { s3Client, startTestCloud } from "../test/support/local-cloud.ts";
import { descendantsOf } from "../test/support/processes.ts";
import { temporaryFolder } from "../test/support/temporary-folder.ts";
import { expectWholeSet } from "../test/support/whole-set.ts";
import { readWords } from "./command.ts";

const { values } = readWords({
  options: {
    images: { type: "string", default: "2000", least: 1 },
    kills: { type: "string", default: "200" },
    restarts: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [images, kills, restarts, seed] = [values.images, values.kills, values.restarts, values.seed].map(
  Number,
) as [number, number, number, number];
const random = createRandom(seed);
console.error(`npm run soak -- --images ${images} --kills ${kills} --restarts ${restarts} --seed ${seed}`);

const folder = temporaryFolder();
const project = aProject({
  variants: [{ name: "tiny", width: 8, formats: ["webp"] }],
  batchSize: 5,
  maximumConcurrency: 4,
  timeoutSeconds: 10,
  maxReceiveCount: 50,
});
const data = join(folder.path, "data");
const words = ["local", join(folder.path, "pictures"), "--stack", "test", "--data", data];
const done = { killed: 0, restarted: 0, overwritten: 0 };
const startedMs = performance.now();

try {
  for (let index = 0; index < images; index += 1) await paint(index);
  const code = await soak();
  const { lost, stale, torn } = await judge();
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  console.log(
    [
      "| images | overwritten | environments killed | local mode killed | seconds | lost | stale | torn |",
      "|---:|---:|---:|---:|---:|---:|---:|---:|",
      `| ${images} | ${done.overwritten} | ${done.killed} | ${done.restarted} | ${seconds} | ${lost.length} | ${stale.length} | ${torn.length} |`,
      ...[...lost, ...stale, ...torn].slice(0, 10),
    ].join("\n"),
  );
  if (code !== 0 || lost.length + stale.length + torn.length > 0 || done.killed < kills) process.exitCode = 1;
} finally {
  killRemaining();
  folder.remove();
  project.remove();
}

async function paint(index: number): Promise<void> {
  const background = { r: random.between(0, 255), g: random.between(0, 255), b: index % 256 };
  const picture = sharp({ create: { width: 32, height: 32, channels: 3, background } });
  folder.write(`pictures/${index}.png`, await picture.png().toBuffer());
}

/** Starts the command as often as it is killed. Resolves to the exit code of the one that was not. */
async function soak(): Promise<number | null> {
  for (;;) {
    const running = startDarkroom([...words, "--out", join(folder.path, "out"), "--json"], {
      projectDirectory: project.path,
    });
    const isLast = done.restarted === restarts;
    const quota = isLast ? kills : Math.floor((kills * (done.restarted + 1)) / (restarts + 1));
    await killEnvironments(running, quota);
    if (isLast || running.process.exitCode !== null) {
      const { code, stderr } = await running.ended;
      if (code !== 0) console.error(stderr.slice(-2000));
      return code;
    }
    running.process.kill("SIGKILL");
    await running.ended;
    done.restarted += 1;
    for (let count = 0; count < images / 20; count += 1) await paint(random.between(0, images - 1));
    done.overwritten += Math.floor(images / 20);
  }
}

async function killEnvironments(running: RunningDarkroom, quota: number): Promise<void> {
  while (done.killed < quota && running.process.exitCode === null) {
    await pause(random.between(20, 300));
    if ((await findRunning(data))?.pid !== running.pid) continue;
    const environments = descendantsOf(running.pid);
    if (environments.length === 0) continue;
    try {
      process.kill(random.pick(environments), "SIGKILL");
      done.killed += 1;
    } catch {
      // It ended by itself in between.
    }
  }
}

type Loss = "lost" | "stale" | "torn";

/** Of each set that is not whole, of the newest source, and alone in its folder: what is wrong with it. */
async function judge(): Promise<Record<Loss, string[]>> {
  const cloud = await startTestCloud({ dataDirectory: data });
  const s3 = s3Client(cloud);
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const named = (what: string) => Buckets.find(({ Name }) => Name?.includes(what))?.Name ?? "";
  const buckets = { s3, sourceBucket: named("-source"), destinationBucket: named("-destination") };
  const losses: Record<Loss, string[]> = { lost: [], stale: [], torn: [] };
  for (let index = 0; index < images; index += 1) {
    const key = `${index}.png`;
    const { ETag } = await s3.send(new HeadObjectCommand({ Bucket: buckets.sourceBucket, Key: key }));
    const manifest = await readManifest(buckets, key);
    if (!manifest) losses.lost.push(key);
    else if (manifest.source.etag !== bareEtag(ETag)) losses.stale.push(key);
    else {
      await expectWholeSet(buckets, key).catch(({ message }: Error) =>
        losses.torn.push(`${key}: ${message}`),
      );
    }
  }
  await cloud.stop();
  return losses;
}
