// A bucket that was full before: `darkroom backfill` over all its keys, killed again and again, and `darkroom verify` over all its
// sets; how much memory they take, and what was sent how often.
import { readFileSync } from "node:fs";
import { forecastBackfill } from "../../operations/backfill/backfill-cost.ts";
import type { Engine } from "../../operations/engine.ts";
import { switchMappings } from "../../operations/pause.ts";
import { laneDepth, messageCount } from "../../operations/queue-depth.ts";
import { createRandom } from "../simulation/random.ts";
import { startPipeline, type TestPipeline } from "../support/a-pipeline.ts";
import { startDarkroom } from "../support/darkroom.ts";
import { drain } from "../support/dead-letters.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { until } from "../support/until.ts";
import { bulkKey, seedSets, seedSources } from "./seed.ts";

export interface BulkOptions {
  keys: number;
  kills: number;
  seed: number;
  /** Keys a second, so that there is time to kill: as fast as it goes, when absent. */
  rate?: number;
  say?(text: string): void;
}

export interface BulkResult {
  backfill: {
    /** Keys that were never sent. */
    lost: number;
    /** Sent more than once, counted each time. */
    extra: number;
    /** Keys that the run after the last one sent. */
    secondRun: number;
    seconds: number;
    peakMiB: number;
  };
  verify: { sources: number; missing: number; orphaned: number; seconds: number; peakMiB: number };
}

/** One in so many has no set, and one in so many sets has no source. */
const MISSING_EVERY = 100;
const ORPHANED = 10;
const LIMIT_MS = 600_000;
const MEBIBYTE = 1024 * 1024;

export async function bulk(options: BulkOptions): Promise<BulkResult> {
  const { keys, say = () => {} } = options;
  const pipeline = await startPipeline();
  const folder = temporaryFolder();
  const outputs = folder.write("outputs.json", JSON.stringify({ region: "us-east-1", ...pipeline.outputs }));
  const command = {
    words: ["--outputs", outputs],
    environment: {
      AWS_ENDPOINT_URL: pipeline.endpoint,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      DARKROOM_STATE_DIR: folder.path,
    },
  };
  try {
    const lanes = ["work", "backfill"] as const;
    await switchMappings(pipeline.engine as Engine, { lanes, enabled: false, pollMs: 50 });
    say(`Seeding ${keys.toLocaleString("en")} sources`);
    seedSources(pipeline, keys);
    const backfill = await backfillAll(pipeline, command, options);
    say("Seeding their sets");
    seedSets(pipeline, keys + ORPHANED, (index) => index >= keys || index % MISSING_EVERY !== 0);
    const verify = await verifyAll(command);
    return { backfill, verify };
  } finally {
    await pipeline.stop();
    folder.remove();
  }
}

interface Command {
  words: string[];
  environment: Record<string, string>;
}

async function backfillAll(
  pipeline: TestPipeline,
  command: Command,
  { keys, kills, seed, rate, say = () => {} }: BulkOptions,
): Promise<BulkResult["backfill"]> {
  const random = createRandom(seed);
  const paced = rate === undefined ? [] : ["--rate", String(rate)];
  const start = () => watched(["backfill", "--all", "--yes", "--json", ...paced], command);
  const engine = pipeline.engine as Engine;
  const { messages } = await forecastBackfill(engine, { keys, megapixels: 12, ratePerSecond: rate });
  const share = Math.floor(messages / (kills + 1));
  const startedMs = performance.now();
  let peakBytes = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const wanted = (await sentMessages(pipeline)) + random.between(1, share);
    const run = start();
    await until("it sends", async () => (await sentMessages(pipeline)) >= wanted, LIMIT_MS);
    run.kill();
    await run.ended;
    peakBytes = Math.max(peakBytes, run.peakBytes());
    say(`Killed after ${(await sentMessages(pipeline)).toLocaleString("en")} messages of ${messages}`);
  }
  const last = start();
  await last.succeeded();
  const seconds = (performance.now() - startedMs) / 1000;
  const counts = await takeKeys(pipeline);
  const again = start();
  const { enqueued } = JSON.parse(await again.succeeded());
  return {
    lost: Array.from({ length: keys }, (_, index) => bulkKey(index)).filter((key) => !counts.has(key)).length,
    extra: [...counts.values()].reduce((sum, count) => sum + count - 1, 0),
    secondRun: enqueued + (await takeKeys(pipeline)).size,
    seconds,
    peakMiB: Math.max(peakBytes, last.peakBytes()) / MEBIBYTE,
  };
}

async function verifyAll(command: Command): Promise<BulkResult["verify"]> {
  const startedMs = performance.now();
  const run = watched(["verify"], command);
  const { stdout } = await run.ended;
  const count = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1]?.replaceAll(",", "") ?? Number.NaN);
  return {
    sources: count(/([\d,]+) sources:/),
    missing: count(/(\d+) missing/),
    orphaned: count(/(\d+) orphaned/),
    seconds: (performance.now() - startedMs) / 1000,
    peakMiB: run.peakBytes() / MEBIBYTE,
  };
}

/** A command of its own process, and the most memory that it had: Linux keeps that itself. */
function watched(words: readonly string[], { words: target, environment }: Command) {
  const { pid, process: child, ended } = startDarkroom([...words, ...target], { environment });
  let peakBytes = 0;
  const look = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      peakBytes = Math.max(peakBytes, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // Not Linux, or it has ended.
    }
  }, 20);
  child.once("close", () => clearInterval(look));
  return {
    ended,
    kill: () => child.kill("SIGKILL"),
    peakBytes: () => peakBytes,
    async succeeded() {
      const { code, stdout, stderr } = await ended;
      if (code !== 0) throw new Error(`darkroom ended with ${code}: ${stderr}`);
      return stdout;
    },
  };
}

async function sentMessages(pipeline: TestPipeline): Promise<number> {
  return messageCount(await laneDepth(pipeline));
}

/** Empties the lane; how often each key was sent. */
async function takeKeys({ sqs, backfillQueueUrl = "" }: TestPipeline): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { Body = "" } of await drain(sqs, backfillQueueUrl)) {
    for (const key of (JSON.parse(Body) as { keys: string[] }).keys)
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
