// What `darkroom local` does, step by step.
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SourceFile } from "../operations/upload.ts";
import { expected } from "../settings/problem.ts";
import { writeContactSheet } from "./contact-sheet/write-contact-sheet.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { interrupted, onInterruption } from "./interruption.ts";
import { jsonReport } from "./json-report.ts";
import {
  joinPipeline,
  LOCAL_CREDENTIALS,
  type LocalOptions,
  type LocalPipeline,
  PROJECT_DIRECTORY,
  startPipeline,
} from "./local-pipeline.ts";
import { processSources } from "./process-sources.ts";
import { type Report, totalsOf } from "./report.ts";
import { collectSources } from "./sources.ts";
import { note, noteStop, paint, step } from "./terminal/screen.ts";
import { summary } from "./terminal/summary.ts";

/** Signals are heard at the latest in the next turn. */
const SIGNAL_MS = 50;

export interface RunOptions extends LocalOptions {
  out: string;
  keep?: boolean;
  strict?: boolean;
  json?: boolean;
}

export async function runLocal(paths: readonly string[], options: RunOptions): Promise<ExitCode> {
  const startedAt = performance.now();
  const files = await collectSources(paths.length > 0 ? paths : [join(PROJECT_DIRECTORY, "samples")]);
  await checkStack(options.stack);
  const { signal } = onInterruption(noteStop);
  let pipeline: LocalPipeline | undefined;
  try {
    const joined = await joinPipeline(options);
    if (joined) note(`Joined the local mode that is up: ${joined.endpoint}, ${joined.description}.`);
    pipeline = joined ?? (await start(options));
    signal.throwIfAborted();
    const report = await run(pipeline, files, options, signal, startedAt);
    if (options.keep && !joined) await stayUp(pipeline, signal);
    return signal.aborted ? EXIT_CODE.interrupted : exitCodeOf(report, options);
  } catch (error) {
    // Whatever fails then, from the program to an upload, fails because it was told to stop. A Ctrl-C is for every process of
    // the terminal: that another has ended may be heard before the signal is.
    await sleep(SIGNAL_MS);
    if (signal.aborted) return EXIT_CODE.interrupted;
    throw error;
  } finally {
    await pipeline?.close();
  }
}

async function start(options: RunOptions): Promise<LocalPipeline> {
  return await step(
    "Deploying index.ts",
    () => startPipeline(options),
    ({ endpoint, description }) => ["Deployed", `${endpoint}, stack ${options.stack}, ${description}`],
  );
}

async function run(
  pipeline: LocalPipeline,
  files: readonly SourceFile[],
  { out, stack, json }: RunOptions,
  signal: AbortSignal,
  startedAt: number,
): Promise<Report> {
  const sources = await processSources(pipeline, files, { out, signal });
  const report = { stack, endpoint: pipeline.endpoint, sources, elapsedMs: performance.now() - startedAt };
  const contactSheet = relative(process.cwd(), await writeContactSheet(report, out));
  if (json) {
    console.log(jsonReport(report, { out, contactSheet }));
  } else {
    console.log(`\n${summary(report, process.stdout.columns ?? 80)}\n\n${paint("bold", contactSheet)}`);
  }
  if (pipeline.faultsText) note(`Faults, ${pipeline.faultsText()}`);
  return report;
}

async function stayUp({ endpoint, region, target }: LocalPipeline, signal: AbortSignal): Promise<void> {
  const { accessKeyId, secretAccessKey } = LOCAL_CREDENTIALS;
  note(`
Local mode stays up at ${endpoint}. Stop it with Ctrl-C.

  export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region}
  export AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
  aws s3 cp photo.jpg s3://${target.sourceBucket}/
  aws s3 ls --recursive s3://${target.destinationBucket}/
`);
  await interrupted(signal);
}

function exitCodeOf({ sources }: Report, { strict }: RunOptions): ExitCode {
  const { rejected, unfinished } = totalsOf(sources);
  return unfinished > 0 || (strict && rejected > 0) ? EXIT_CODE.someFailed : EXIT_CODE.done;
}

async function checkStack(stack: string): Promise<void> {
  const names = await readdir(PROJECT_DIRECTORY);
  const stacks = names.flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  if (!stacks.includes(stack)) {
    throw new UsageError(expected(`one of ${stacks.join(", ")}`, "--stack", stack));
  }
}
