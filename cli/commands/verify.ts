// `darkroom verify`: all sources against what is published.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { addTargetOptions } from "./target-options.ts";

const HELP = `
  missing    no set, and no dead letter that says why
  stale      the set is of earlier content
  torn       the manifest lists renditions that are not there, or are others
  surplus    renditions that the manifest does not list
  orphaned   a set whose source is gone

Exit codes: 0 everything agrees or is explained (or was sent for repair),
1 something does not.

Examples:
  darkroom verify
  darkroom verify --prefix photos/2026/ --repair
  darkroom verify --stack prod --json | jq '.missing[]'`;

export function verifyCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("verify"))
    .summary("all sources against what is published")
    .description(
      "Compares every source with its set and its dead letters, and can have the worker look again.",
    )
    .option("--prefix <text>", "only keys that start so")
    .option("--repair", "enqueue what does not agree, on the backfill queue")
    .option("--yes", "do not ask")
    .addHelpText("after", HELP)
    .action(async (options) => {
      const { runVerify } = await import("../run-verify.ts");
      exit(await runVerify(options));
    });
}
