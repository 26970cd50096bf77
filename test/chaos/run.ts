// `npm run chaos`: 5,000 dead letters of five reasons, two of which are redriven by two processes at once, while one after
// the other is killed, a hundred times. The real worker behind the queue renders what arrives. Prints a table, and exits
// with 1 when a letter is lost, one of another reason is touched, or what came twice made anything else than it was.
// `npm run chaos -- --per-reason 200 --kills 20 --seed 7`

import { join } from "node:path";
import { DeleteObjectCommand } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import sharp from "sharp";
import { type DeadLetter, listDeadLetters } from "../../operations/dead-letters/dead-letters.ts";
import { manifestKey, readManifest } from "../../operations/manifest.ts";
import { readWords } from "../../scripts/command.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { aProject } from "../support/a-project.ts";
import { darkroom, killRemaining } from "../support/darkroom.ts";
import { sendDeadLetters } from "../support/dead-letters.ts";
import { s3Record } from "../support/records.ts";
import { seeded } from "../support/seeded.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { expectWholeSet } from "../support/whole-set.ts";
import { CHOSEN, lettersOf, OTHERS, redriveUnderFire } from "./redrive-under-fire.ts";

const { values } = readWords({
  options: {
    "per-reason": { type: "string", default: "1000", least: 1 },
    kills: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    rate: { type: "string", default: "5" },
  },
});
const perReason = Number(values["per-reason"]);
const kills = Number(values.kills);
const seed = Number(values.seed);
const DRAIN_LIMIT_MS = 600_000;
const AT_ONCE = pLimit(16);

const print = (line: string) => process.stdout.write(`${line}\n`);
print(`npm run chaos -- --per-reason ${perReason} --kills ${kills} --seed ${seed} --rate ${values.rate}`);

const project = aProject({ variants: [{ name: "tiny", width: 8, formats: ["webp"] }], batchSize: 10 });
const folder = temporaryFolder();
const pipeline = await startPipeline({ projectDirectory: project.path, stack: "test" });
const chosen = lettersOf(CHOSEN, perReason).map(({ key }) => key);
try {
  const before = await renderOnce(pipeline);
  const letters = await sendLetters(pipeline);
  const firstLine = pipeline.lines.length;
  const startedMs = performance.now();
  const { toll, report, code } = await fireAt(pipeline);
  await pipeline.drained(DRAIN_LIMIT_MS);
  const seconds = Math.round((performance.now() - startedMs) / 1000);

  const looks = pipeline.lines.slice(firstLine).filter(({ key = "" }) => chosen.includes(key));
  const renders = looks.filter(({ event }) => event === "rendered").length;
  const lost = await keysWithout(chosen, (key) => expectWholeSet(pipeline, key));
  const changed = await keysWithout(chosen, async (key) => {
    if ((await etagsOf(pipeline, key)) !== before.get(key)) throw new Error(key);
  });
  const touched = touchedOf(letters, await listed(pipeline));
  print(
    [
      "| letters | to redrive | killed | of these in the middle | seconds | lost | others touched | sent twice | rendered twice | sets changed |",
      "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
      `| ${letters.size} | ${chosen.length} | ${toll.killed} | ${toll.inTheMiddle} | ${seconds} | ${lost.length} | ${touched} | ${looks.length - chosen.length} | ${renders - chosen.length} | ${changed.length} |`,
    ].join("\n"),
  );
  print(`The last redrive ended with ${code}; ${JSON.stringify(report)}`);
  if (code !== 0 || lost.length + touched + changed.length > 0 || toll.killed < kills) process.exitCode = 1;
} finally {
  killRemaining();
  await pipeline.stop();
  folder.remove();
  project.remove();
}

/** Every set, as it must be again in the end; and takes the sets away, so that there is something to do. */
async function renderOnce(target: TestPipeline): Promise<Map<string, string>> {
  for (const [index, key] of chosen.entries()) {
    const background = { r: index % 256, g: (index >> 8) % 256, b: 128 };
    const picture = sharp({ create: { width: 64, height: 64, channels: 3, background } });
    await target.put(key, await picture.png().toBuffer());
  }
  await target.drained(DRAIN_LIMIT_MS);
  const etags = await AT_ONCE.map(
    chosen,
    async (key): Promise<[string, string]> => [key, await etagsOf(target, key)],
  );
  await AT_ONCE.map(chosen, async (key) => {
    const Bucket = target.destinationBucket;
    for (const Key of [`${key}/tiny.webp`, manifestKey(key)])
      await target.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  });
  return new Map(etags);
}

async function etagsOf(target: TestPipeline, key: string): Promise<string> {
  const { renditions = [] } = (await readManifest(target, key)) ?? {};
  return renditions.map(({ key: name, etag, sha256 }) => `${name} ${etag} ${sha256}`).join("\n");
}

/** By message id. */
async function sendLetters(target: TestPipeline): Promise<Map<string, DeadLetter>> {
  const s3 = (key: string) => ({ bucket: { name: target.sourceBucket }, object: { key, size: 1 } });
  const facts = lettersOf([...CHOSEN, ...OTHERS], perReason).map(({ key, ...rest }) => ({
    ...{ key, ...rest },
    body: JSON.stringify({ Records: [s3Record(key, { s3: s3(key) })] }),
  }));
  await sendDeadLetters(target, facts);
  return await listed(target);
}

async function listed(target: TestPipeline): Promise<Map<string, DeadLetter>> {
  const letters = new Map<string, DeadLetter>();
  for await (const letter of listDeadLetters(target, { waitSeconds: 0 }))
    letters.set(letter.messageId, letter);
  return letters;
}

async function fireAt(target: TestPipeline) {
  const outputs = { region: "us-east-1", ...target.outputs };
  const file = folder.write("outputs.json", JSON.stringify(outputs));
  const environment = {
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    DARKROOM_STATE_DIR: join(folder.path, "state"),
  };
  const reasons = CHOSEN.flatMap((reason) => ["--reason", reason]);
  const words = ["dlq", "redrive", ...reasons, "--rate", values.rate, "--yes", "--outputs", file];
  const random = seeded(seed);
  const toll = await redriveUnderFire({ target, words, environment, total: chosen.length, kills, random });
  const last = await darkroom([...words, "--rate", "200", "--json"], { environment });
  if (last.code !== 0) print(last.stderr);
  const { letters, ...report } = JSON.parse(last.stdout) as Record<string, unknown>;
  return { toll, report, code: last.code };
}

async function keysWithout(keys: readonly string[], holds: (key: string) => Promise<unknown>) {
  const found = await AT_ONCE.map(keys, async (key) => {
    try {
      await holds(key);
      return [];
    } catch {
      return [key];
    }
  });
  return found.flat();
}

/** How many of the others are not there any more as they were: the same message, with the same words. */
function touchedOf(before: ReadonlyMap<string, DeadLetter>, after: ReadonlyMap<string, DeadLetter>): number {
  const wordsOf = ({ body, attributes }: DeadLetter) => JSON.stringify([body, attributes]);
  const others = [...before.values()].filter(({ sourceKey = "" }) => !chosen.includes(sourceKey));
  const gone = others.filter((letter) => {
    const found = after.get(letter.messageId);
    return found === undefined || wordsOf(found) !== wordsOf(letter);
  });
  return gone.length + Math.max(0, after.size - others.length);
}
