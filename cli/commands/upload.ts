// `darkroom upload`: files and folders into the source bucket.
import { Command } from "commander";
import { expected } from "../../settings/problem.ts";
import { isUploadBatch } from "../../settings/upload-batch.ts";
import { type ExitCode, UsageError } from "../exit-code.ts";
import { addTargetOptions } from "./target-options.ts";
import { wholeNumber } from "./whole-number.ts";

const HELP = `
A folder is walked, and keys start below it. What is already there is not
uploaded again: an upload that was broken off is resumed by the same command,
large files part by part.

Exit codes: 0 done, 1 some files failed or, with --follow, are not rendered,
2 wrong usage.

Examples:
  darkroom upload ~/Pictures/holiday --prefix 2026/holiday/
  darkroom upload photos/ --dry-run --stack prod
  darkroom upload photos/ --batch monday    the catalog finds them by it
  darkroom upload photos/ --follow          until they are rendered
  darkroom upload photos/ --json            one line per file`;

export function uploadCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("upload"))
    .summary("files and folders into the source bucket")
    .description("Uploads files, several at a time, and leaves alone what is already there.")
    .argument("<paths...>", "pictures and folders of pictures")
    .option("--prefix <text>", "what every key starts with", "")
    .option("--concurrency <n>", "files at a time", wholeNumber("--concurrency", 1, 64), 8)
    .option("--batch <id>", "what the catalog finds them together by; else a new one", batchId)
    .option("--follow", "wait until they are rendered, and say what became of them (asked on a terminal)")
    .option("--no-follow", "do not wait, and do not ask")
    .option("--dry-run", "say what would be uploaded, and do nothing")
    .option("--yes", "do not ask")
    .addHelpText("after", HELP)
    .action(async (paths: string[], options) => {
      const { runUpload } = await import("../run-upload.ts");
      exit(await runUpload(paths, options));
    });
}

function batchId(text: string): string {
  if (isUploadBatch(text)) return text;
  throw new UsageError(expected("1 to 128 letters, digits and marks, without spaces", "--batch", text));
}
