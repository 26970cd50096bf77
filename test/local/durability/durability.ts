// Uses the cloud in every way that changes something, kills it in the middle, starts it again and compares what is there
// with the clients' own ledgers; again and again. The requests are seeded; which of them a kill meets is up to the machine.
import { createHash } from "node:crypto";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { createRandom } from "../../simulation/random.ts";
import { until } from "../../support/until.ts";
import { functionLoad } from "./function-load.ts";
import { type KillableCloud, startKillableCloud } from "./killable-cloud.ts";
import type { Load } from "./load.ts";
import { messageLoads } from "./message-load.ts";
import { moveLoad } from "./move-load.ts";
import { objectLoad } from "./object-load.ts";
import { raceLoad } from "./race-load.ts";
import { uploadLoad } from "./upload-load.ts";
import { versionLoad } from "./version-load.ts";

export interface DurabilityOptions {
  dataDirectory: string;
  kills: number;
  seed: number;
  /** The longest that it lives between two kills. */
  maxLifeMs: number;
  fsync?: boolean;
}

export interface DurabilityReport {
  /** What was acknowledged and is not there, or was deleted and is: empty. */
  problems: string[];
  /** Of what was acknowledged. */
  counts: Record<string, number>;
  lost: number;
  longestStartMs: number;
}

const HOUR_MS = 3_600_000;
const MIN_LIFE_MS = 50;
const FIRST_LIFE_LIMIT_MS = 60_000;

export async function runDurability(options: DurabilityOptions): Promise<DurabilityReport> {
  const { kills, seed, maxLifeMs, ...cloudOptions } = options;
  const random = createRandom(seed);
  const loads = createLoads(seed);
  const problems: string[] = [];
  const tally = { lost: 0, longestStartMs: 0 };

  async function start(aheadMs = 0): Promise<KillableCloud> {
    const cloud = await startKillableCloud({ ...cloudOptions, aheadMs });
    tally.longestStartMs = Math.max(tally.longestStartMs, cloud.startMs);
    return cloud;
  }

  async function check(cloud: KillableCloud, last: boolean): Promise<void> {
    for (const load of loads) problems.push(...(await load.check(cloud, last)));
  }

  async function use(load: Load, cloud: KillableCloud): Promise<void> {
    try {
      while ((await load.step(cloud)) === "done");
      tally.lost += 1;
    } catch (error) {
      problems.push(String(error)); // What could not be refused was.
    }
  }

  /** The first life is long enough for all that is counted, however slow the machine is. */
  async function firstOfEach(isOver: () => boolean): Promise<void> {
    const isThere = () => Object.values(countsOf(loads)).every((count) => count > 0);
    await until("each kind has been acknowledged", () => isOver() || isThere(), FIRST_LIFE_LIMIT_MS);
  }

  for (let kill = 0; kill < kills; kill += 1) {
    let isOver = false;
    const cloud = await start();
    if (kill === 0) for (const load of loads) await load.prepare(cloud);
    await check(cloud, false);
    const using = Promise.all(loads.map((load) => use(load, cloud)));
    const life = pause(random.between(MIN_LIFE_MS, maxLifeMs));
    const enough = kill === 0 ? firstOfEach(() => isOver).then(() => life) : life;
    await Promise.race([enough, using]).finally(cloud.kill);
    await using;
    isOver = true;
    problems.push(...cloud.bugs);
  }
  const cloud = await start(HOUR_MS);
  problems.push(...(await strayFiles(options.dataDirectory)));
  await check(cloud, true);
  problems.push(...cloud.bugs, ...integrity(options.dataDirectory));
  await cloud.kill();
  return { problems, counts: countsOf(loads), ...tally };
}

function createLoads(seed: number): Load[] {
  const random = (index: number) => createRandom(seed + index);
  return [
    objectLoad("a", random(1)),
    objectLoad("b", random(2)),
    versionLoad("a", random(3)),
    uploadLoad("a", random(4)),
    uploadLoad("b", random(5)),
    raceLoad("a", random(6)),
    moveLoad("a", random(7)),
    functionLoad("a", random(11)),
    ...messageLoads("a", [random(8), random(9), random(10)]),
  ];
}

/** A start deletes the files and folders that kills have left behind, and only those. */
async function strayFiles(dataDirectory: string): Promise<string[]> {
  const database = new DatabaseSync(join(dataDirectory, "state.db"), { readOnly: true });
  const named = database
    .prepare(
      `SELECT json_extract(blob.value, '$.file') AS file, json_extract(blob.value, '$.bytes') AS bytes
       FROM object_version, json_each(blobs) AS blob UNION ALL SELECT file, bytes FROM part`,
    )
    .all() as { file: string; bytes: number }[];
  const functions = database.prepare("SELECT configuration, zip FROM lambda_function").all();
  database.close();
  const unpacked = readdirSync(join(dataDirectory, "functions")).filter((name) => name !== "package.json");
  const otherCode = functions.filter(
    ({ configuration, zip }) => !String(configuration).includes(sha256(zip as Uint8Array)),
  );
  const folder = join(dataDirectory, "blobs");
  const files = new Map(
    readdirSync(folder).flatMap((shard) => readdirSync(join(folder, shard)).map((file) => [file, shard])),
  );
  const torn = named.filter(
    ({ file, bytes }) => statSync(join(folder, files.get(file) ?? "missing", file)).size !== bytes,
  );
  const strange = files.size - named.length;
  return [
    ...torn.map(({ file }) => `blob ${file} is not as long as its row says`),
    ...(strange === 0 ? [] : [`${strange} files are named by no row`]),
    ...(unpacked.length === functions.length
      ? []
      : [`${functions.length} functions are in ${unpacked.length} folders`]),
    ...(otherCode.length === 0 ? [] : [`${otherCode.length} functions have other code than they say`]),
  ];
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("base64");
}

function integrity(dataDirectory: string): string[] {
  const database = new DatabaseSync(join(dataDirectory, "state.db"), { readOnly: true });
  const answers = database.prepare("PRAGMA integrity_check").all();
  database.close();
  return answers.map((row) => String(row.integrity_check)).filter((answer) => answer !== "ok");
}

function countsOf(loads: readonly Load[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of loads.flatMap(({ counts }) => Object.entries(counts)))
    sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
