// What `darkroom upload` does.
import { randomBytes } from "node:crypto";
import { type SourceFile, type Upload, uploadFiles } from "../operations/upload.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { bytesText, countText } from "./figures.ts";
import { collectSources } from "./sources.ts";
import { withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { progressBar } from "./terminal/screen.ts";

export interface UploadWords extends TargetOptions {
  prefix: string;
  concurrency: number;
  batch?: string;
  dryRun?: true;
  yes?: true;
}

export async function runUpload(paths: readonly string[], words: UploadWords): Promise<ExitCode> {
  const { prefix, concurrency, batch = newBatch(), dryRun, json } = words;
  const files = (await collectSources(paths)).map((file) => ({ ...file, key: `${prefix}${file.key}` }));
  return await withTarget(words, async ({ target, name, isDeployed, signal }) => {
    if (dryRun) return plan(files, name, json);
    if (isDeployed) await confirm(files.length, `upload ${sizesText(files)} to ${name}`, words);
    const bar = progressBar("Uploading", files.length);
    let count = 0;
    const onUpload = (upload: Upload) => {
      bar.update(++count, upload.file.key);
      if (json) console.log(JSON.stringify(uploadLine(upload, batch)));
    };
    const work = uploadFiles(target, files, { concurrency, batch, signal, onUpload });
    const uploads = await work.finally(() => bar.stop());
    if (!json) console.log(summaryText(uploads, batch));
    return uploads.some(({ state }) => state === "failed") ? EXIT_CODE.someFailed : EXIT_CODE.done;
  });
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
