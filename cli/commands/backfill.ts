// `darkroom backfill`: has the worker look at sources that are already there.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { parseSince } from "./filter-options.ts";
import { addTargetOptions } from "./target-options.ts";
import { positiveNumber, wholeNumber } from "./whole-number.ts";

const HELP = `
It says first what it would do, and what that costs. Killed, it goes on where it
was when it is started again in the same words; done, it enqueues nothing that
is not due.

Exit codes: 0 done, 2 wrong usage or more than --max-cost, 130 interrupted.

Examples:
  darkroom backfill --missing               a bucket that was full before
  darkroom backfill --outdated --rate 200   after a change of the recipe
  darkroom backfill --all --prefix photos/2026/ --dry-run`;

export function backfillCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("backfill"))
    .summary("enqueue sources that are already there")
    .description("Enqueues sources on the backfill lane, where they delay no new upload.")
    .option("--missing", "those without a set, unless a dead letter says why")
    .option("--outdated", "those whose set was made by another recipe than today's")
    .option("--all", "whatever they have; what is up to date costs one look")
    .option("--prefix <text>", "only keys that start so")
    .option(
      "--since <time>",
      "only put since: 30m, 6h, 2d, or a date like 2026-05-31T12:00Z",
      (text: string) => ({
        text,
        ms: parseSince(text),
      }),
    )
    .option("--rate <n>", "sources a second at most", wholeNumber("--rate", 1))
    .option("--megapixels <n>", "of a source, for the plan", positiveNumber("--megapixels"), 12)
    .option("--max-cost <usd>", "do nothing when the plan costs more", positiveNumber("--max-cost"))
    .option("--dry-run", "only say what it would do")
    .option("--again", "start anew, whatever an earlier run has sent")
    .option("--yes", "do not ask")
    .addHelpText("after", HELP)
    .action(async (options) => {
      const { runBackfill } = await import("../run-backfill.ts");
      exit(await runBackfill(options));
    });
}
