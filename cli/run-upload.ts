// What `darkroom upload` does: the files, and if wanted, what became of them.
import { randomBytes } from "node:crypto";
import { type SourceFile, type Upload, uploadFiles } from "../operations/upload.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { aboutText, bytesText, countText } from "./figures.ts";
import { followUploads } from "./follow-uploads.ts";
import { collectSources } from "./sources.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { progressBar } from "./terminal/screen.ts";

export interface UploadWords extends TargetOptions {
  prefix: string;
  concurrency: number;
  batch?: string;
  dryRun?: true;
  yes?: true;
  /** Absent: on a terminal, it is asked. */
  follow?: boolean;
}

export async function runUpload(paths: readonly string[], words: UploadWords): Promise<ExitCode> {
  const { prefix, batch = newBatch(), dryRun, json } = words;
  const files = (await collectSources(paths)).map((file) => ({ ...file, key: `${prefix}${file.key}` }));
  return await withTarget(words, async (open) => {
    if (dryRun) return plan(files, open.name, json);
    if (open.isDeployed) await confirm(files.length, `upload ${sizesText(files)} to ${open.name}`, words);
    const uploads = await uploadAll(open, files, { ...words, batch });
    if (!json) console.log(summaryText(uploads, batch));
    const hasFailures = uploads.some(({ state }) => state === "failed");
    const isWell = await followUploads(open, uploads, words);
    return hasFailures || !isWell ? EXIT_CODE.someFailed : EXIT_CODE.done;
  });
}

async function uploadAll(
  { target, signal }: OpenTarget,
  files: readonly SourceFile[],
  { concurrency, batch, json }: UploadWords & { batch: string },
): Promise<Upload[]> {
  const bar = progressBar("Uploading", files.length);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const startedMs = performance.now();
  let [count, done] = [0, 0];
  const onBytes = (bytes: number) => {
    done += bytes;
    bar.update(count, rateText(done, total, performance.now() - startedMs));
  };
  const onUpload = (upload: Upload) => {
    bar.update(++count, rateText(done, total, performance.now() - startedMs));
    if (json) console.log(JSON.stringify(uploadLine(upload, batch)));
  };
  const work = uploadFiles(target, files, { concurrency, batch, signal, onBytes, onUpload });
  return await work.finally(() => bar.stop());
}

/** Of the first few files, which may be tiny, nobody can tell how long the others take. */
const RATE_AFTER_MS = 2000;

/** "12 MB/s, 3m 20s left" */
export function rateText(done: number, total: number, elapsedMs: number): string {
  if (done === 0 || elapsedMs < RATE_AFTER_MS) return "";
  const bytesPerMs = done / elapsedMs;
  const leftMs = Math.max(1000, (total - done) / bytesPerMs);
  return `${bytesText(Math.round(bytesPerMs * 1000))}/s, ${aboutText(leftMs)} left`;
}

function plan(files: readonly SourceFile[], name: string, json: boolean | undefined): ExitCode {
  for (const file of files) {
    console.log(json ? JSON.stringify({ ...lineOf(file), state: "planned" }) : printable(file.key));
  }
  if (!json) console.log(`\n${sizesText(files)} would be uploaded to ${name}.`);
  return EXIT_CODE.done;
}

function lineOf({ key, path, bytes }: SourceFile) {
  return { key, path, bytes };
}

/** When, to the second, and one of sixteen million. */
function newBatch(): string {
  return `${new Date().toISOString().slice(0, 19)}Z-${randomBytes(3).toString("hex")}`;
}

function uploadLine(upload: Upload, batch: string) {
  const end = upload.state === "failed" ? { error: upload.error.message } : { etag: upload.etag };
  const isUploaded = upload.state === "uploaded";
  return { ...lineOf(upload.file), state: upload.state, ...end, ...(isUploaded && { batch }) };
}

function summaryText(uploads: readonly Upload[], batch: string): string {
  const filesIn = (state: Upload["state"]) =>
    uploads.filter((upload) => upload.state === state).map(({ file }) => file);
  const failures = uploads.flatMap((upload) =>
    upload.state === "failed" ? [`✖ ${printable(upload.file.key)}: ${printable(upload.error.message)}`] : [],
  );
  const [uploaded, present] = [filesIn("uploaded"), filesIn("present")];
  return [
    ...failures,
    `${sizesText(uploaded)} uploaded${uploaded.length > 0 ? ` as batch ${batch}` : ""}.`,
    ...(present.length > 0 ? [`${sizesText(present)} already there.`] : []),
  ].join("\n");
}

function sizesText(files: readonly SourceFile[]): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${countText(files.length, "file")} (${bytesText(bytes)})`;
}
