// `darkroom local`: the whole pipeline on this machine, with the samples or with somebody's own pictures.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import type { RunOptions } from "../run-local.ts";
import { wholeNumber } from "./whole-number.ts";

const HELP = `
A folder is walked, and keys start below it: samples/a/b.jpg is a/b.jpg. Hidden
files are left out. What is already there is not uploaded again.

Exit codes:
  0    every source is rendered, or rejected with a reason that explains it
  1    some sources are not finished: dead letters worth a redrive, failed
       uploads (with --strict, rejected sources count too)
  2    wrong usage
  130  interrupted

Examples:
  npm start                                    the samples, to a contact sheet
  npm start -- ~/Pictures/holiday --out ~/web  your own pictures
  npm start -- --keep                          stay up, for aws and others
  npm start -- --fresh --stack prod            afresh, with prod's settings
  npm run --silent darkroom -- local --json    for machines`;

export function localCommand(exit: (code: ExitCode) => void): Command {
  return new Command("local")
    .summary("run the whole pipeline on this machine")
    .description(
      "Starts S3, SQS and Lambda on this machine, deploys index.ts to them, uploads pictures, " +
        "waits until the queue has drained and writes every set and a contact sheet.",
    )
    .argument("[paths...]", "pictures and folders of pictures (default: samples/)")
    .option("--out <dir>", "where the sets and contact-sheet.html go", "renditions")
    .option("--keep", "stay up afterwards, and print how to connect")
    .option("--stack <name>", "whose settings to use: Pulumi.<name>.yaml", "dev")
    .option(
      "--port <number>",
      "port of the endpoint (default: any that is free)",
      wholeNumber("--port", 0, 65_535),
    )
    .option("--data <dir>", "where the state is kept", ".darkroom")
    .option("--fresh", "start from an empty state")
    .option("--fsync", "wait for the disk with every write: survives a power loss, and is slower")
    .option("--faults <seed|file>", "make things go wrong as in AWS, only more often (docs/local-mode.md)")
    .option("--strict", "exit 1 when a source is rejected, too")
    .option("--json", "print one JSON document on stdout")
    .addHelpText("after", HELP)
    .action(async (paths: string[], options: RunOptions) => {
      // Loaded late: --help should not wait for the AWS and Pulumi SDKs.
      const { runLocal } = await import("../run-local.ts");
      exit(await runLocal(paths, options));
    });
}
