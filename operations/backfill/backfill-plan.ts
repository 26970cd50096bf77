// A backfill's plan, and how far it has come, in a folder on disk: the keys in a file, and how much of it is sent. Killed at
// any point, it goes on where it was; at worst one request is sent twice, which costs the worker a look.
//
//   nothing ──keys written──► planned ──sending──► under way ──the whole file is sent──► done
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { createPacer } from "../pacer.ts";
import { requestReconcile } from "../request-reconcile.ts";
import type { Target } from "../target.ts";
import { type DueOptions, dueSources, type Selection } from "./backfill-due.ts";

const StateSchema = v.object({
  plannedAtMs: v.number(),
  looked: v.number(),
  keys: v.number(),
  /** Of the sources. */
  bytes: v.number(),
  sentKeys: v.number(),
  /** Of the file of keys. */
  sentBytes: v.number(),
});

export type PlanState = v.InferOutput<typeof StateSchema>;

/** Nothing when there is none, or one that was killed while it was written. */
export async function readPlan(folder: string): Promise<PlanState | undefined> {
  const text = await readFile(join(folder, "state.json"), "utf8").catch(() => "");
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), StateSchema), text);
  return result.success ? result.output : undefined;
}

export interface PlanOptions extends DueOptions {
  onProgress?(state: Pick<PlanState, "looked" | "keys">): void;
}

/** Replaces the plan that was there. */
export async function writePlan(
  target: Target,
  selection: Selection,
  folder: string,
  { onProgress, ...options }: PlanOptions = {},
): Promise<PlanState> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, "state.json"), { force: true });
  const state = { plannedAtMs: Date.now(), looked: 0, keys: 0, bytes: 0, sentKeys: 0, sentBytes: 0 };
  const file = await open(join(folder, "keys.ndjson"), "w");
  try {
    for await (const { looked, due } of dueSources(target, selection, options)) {
      await file.writeFile(due.map(({ key }) => `${lineOf(key)}\n`).join(""));
      state.looked += looked;
      state.keys += due.length;
      state.bytes += due.reduce((sum, { bytes }) => sum + bytes, 0);
      onProgress?.(state);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await writeState(folder, state);
  return state;
}

export interface SendOptions {
  keysPerMessage: number;
  /** Sources a second at most. */
  ratePerSecond?: number | undefined;
  /** Aborted: the request under way is finished, and the state says how far it came. */
  signal?: AbortSignal;
  onProgress?(state: PlanState): void;
}

/** Goes on where the last one stopped; resolves to how far it came. */
export async function sendPlan(
  target: Target,
  folder: string,
  { keysPerMessage, ratePerSecond, signal, onProgress }: SendOptions,
): Promise<PlanState> {
  let state = await readPlan(folder);
  if (!state) throw new Error(`There is no plan in ${folder}.`);
  const pacer = createPacer(ratePerSecond, signal);
  // A request takes ten messages; at a low rate, a second's worth.
  const most = Math.max(1, Math.min(10 * keysPerMessage, Math.floor(ratePerSecond ?? 10 * keysPerMessage)));
  for await (const lines of linesFrom(join(folder, "keys.ndjson"), state.sentBytes, most)) {
    await pacer.admit(lines.length);
    if (signal?.aborted) break;
    const keys = lines.map((line) => JSON.parse(line) as string);
    await requestReconcile(target, keys, { keysPerMessage });
    const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
    state = {
      ...state,
      sentKeys: state.sentKeys + keys.length,
      sentBytes: state.sentBytes + bytes,
    };
    await writeState(folder, state);
    onProgress?.(state);
  }
  return state;
}

async function* linesFrom(path: string, start: number, count: number): AsyncGenerator<string[]> {
  const stream = createReadStream(path, { start });
  let lines: string[] = [];
  try {
    for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (lines.push(line) < count) continue;
      yield lines;
      lines = [];
    }
    if (lines.length > 0) yield lines;
  } finally {
    stream.destroy();
  }
}

/** readline takes U+2028 and U+2029 for line ends too, and JSON leaves them as they are. */
function lineOf(key: string): string {
  return JSON.stringify(key).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** There whole or not at all. */
async function writeState(folder: string, state: PlanState): Promise<void> {
  const path = join(folder, "state.json");
  await writeFile(`${path}.new`, JSON.stringify(state));
  await rename(`${path}.new`, path);
}
