// Takes files through a pipeline: uploads them, waits until it has come to rest, and copies each set to a folder.
import pLimit from "p-limit";
import { type DeadLetter, listDeadLetters } from "../operations/dead-letters/dead-letters.ts";
import { downloadSet } from "../operations/download-set.ts";
import { followUntilDrained } from "../operations/follow.ts";
import { type Outcome, readOutcomes, type Source } from "../operations/outcome.ts";
import { messageCount, type QueueDepth } from "../operations/queue-depth.ts";
import { requestReconcile } from "../operations/request-reconcile.ts";
import { type SourceFile, type Upload, uploadFiles } from "../operations/upload.ts";
import { bytesText, countText } from "./figures.ts";
import type { LocalPipeline } from "./local-pipeline.ts";
import { isDone, type SourceReport } from "./report.ts";
import { progressBar, step } from "./terminal/screen.ts";

/** Local mode's counts are exact: no need to wait for AWS's to catch up. */
const LOCAL_PACE = { pollMs: 200, settleMs: 3000, waitSeconds: 0 };

export interface ProcessOptions {
  /** The folder the sets are copied to. */
  out: string;
  signal: AbortSignal;
}

export async function processSources(
  pipeline: LocalPipeline,
  files: readonly SourceFile[],
  { out, signal }: ProcessOptions,
): Promise<SourceReport[]> {
  const uploads = await upload(pipeline, files, signal);
  const outcomes = await follow(pipeline, uploads.filter(isStored), signal);
  const reports = uploads.map((one) => report(one, outcomes, pipeline));
  return await copySets(pipeline, reports, { out, signal });
}

type Stored = Upload & { etag: string };

function isStored(one: Upload): one is Stored {
  return one.state !== "failed";
}

async function upload(
  { target }: LocalPipeline,
  files: readonly SourceFile[],
  signal: AbortSignal,
): Promise<Upload[]> {
  const bar = progressBar("Uploading", files.length);
  let count = 0;
  const onUpload = ({ file }: Upload) => bar.update(++count, file.key);
  const work = () => uploadFiles(target, files, { signal, onUpload }).finally(() => bar.stop());
  return await step(undefined, work, (uploads) => {
    const present = uploads.filter(({ state }) => state === "present").length;
    const bytes = uploads.reduce((total, { file }) => total + file.bytes, 0);
    const details = `${countText(files.length, "file")}, ${bytesText(bytes)}`;
    return ["Uploaded", present > 0 ? `${details}, ${present} already there` : details];
  });
}

async function follow(
  { target }: LocalPipeline,
  stored: readonly Stored[],
  signal: AbortSignal,
): Promise<Map<string, Outcome>> {
  const sources = stored.map(({ file, etag }) => ({ key: file.key, etag }));
  const bar = progressBar("Rendering", sources.length);
  const work = async () => {
    await lookAgain(
      target,
      sources.filter((_, index) => stored[index]?.state === "present"),
      signal,
    );
    return await followUntilDrained(target, sources, {
      ...LOCAL_PACE,
      signal,
      onProgress: ({ outcomes, depth }) => bar.update(settledCount(outcomes), depthText(depth)),
    });
  };
  return await step(
    undefined,
    () => work().finally(() => bar.stop()),
    (outcomes) => ["Rendered", `${countText(settledCount(outcomes), "source")} settled, queue empty`],
  );
}

/**
 * Nobody announces a source that was there before, and the settings may have changed since. A rejected one is left
 * alone: another dead letter would say the same.
 */
async function lookAgain(
  target: LocalPipeline["target"],
  present: readonly Source[],
  signal: AbortSignal,
): Promise<void> {
  if (present.length === 0) return;
  const deadLetters: DeadLetter[] = [];
  for await (const deadLetter of listDeadLetters(target, { signal, waitSeconds: 0 }))
    deadLetters.push(deadLetter);
  const outcomes = await readOutcomes(target, present, deadLetters, signal);
  const keys = present.map(({ key }) => key).filter((key) => outcomes.get(key)?.state !== "rejected");
  await requestReconcile(target, keys, { signal });
}

function settledCount(outcomes: ReadonlyMap<string, Outcome>): number {
  return [...outcomes.values()].filter(({ state }) => state !== "pending").length;
}

function depthText(depth: QueueDepth): string {
  const { visible, inFlight, delayed } = depth;
  return messageCount(depth) === 0 ? "" : `${visible + delayed} waiting, ${inFlight} in flight`;
}

function report(
  one: Upload,
  outcomes: ReadonlyMap<string, Outcome>,
  { elapsedMsOf }: LocalPipeline,
): SourceReport {
  const { key, bytes } = one.file;
  const elapsedMs = elapsedMsOf(key);
  if (!isStored(one)) {
    return { key, bytes, elapsedMs, outcome: { state: "failed", message: `Upload: ${one.error.message}` } };
  }
  return { key, bytes, elapsedMs, outcome: outcomes.get(key) ?? { state: "pending" } };
}

/** A set that cannot be copied makes its source a failed one; the others go on. */
async function copySets(
  { target }: LocalPipeline,
  reports: readonly SourceReport[],
  { out, signal }: ProcessOptions,
): Promise<SourceReport[]> {
  const work = () =>
    pLimit(4).map(reports, async (source): Promise<SourceReport> => {
      if (!isDone(source)) return source;
      try {
        await downloadSet(target, source.outcome.manifest, out, signal);
        return source;
      } catch (error) {
        signal.throwIfAborted();
        const message = error instanceof Error ? error.message : String(error);
        return { ...source, outcome: { state: "failed", message: `Copy: ${message}` } };
      }
    });
  return await step("Copying", work, (copied) => [
    "Copied",
    `${countText(copied.filter(isDone).length, "set")} to ${out}`,
  ]);
}
