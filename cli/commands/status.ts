// `darkroom status`: what waits, what is in hand, what failed and why.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import type { StatusWords } from "../run-status.ts";
import { addTargetOptions } from "./target-options.ts";

const HELP = `
With --watch, a screen: how many are to do, and were; how fast that shrinks;
when it is done, give or take what chance may do; how many invocations are at
work. With --json too, it is a line of JSON for each look.

The oldest message of a lane is CloudWatch's to tell: on AWS, its age is a
minute or two old, and not known for a while after a queue has rested for hours.
Rates are what the counts changed by from one look to the next: what comes and
goes between two looks is not in them, and on AWS the counts are approximate.

Looking at dead letters hides them for a moment and puts them back; it costs
them nothing.

Examples:
  darkroom status                the local mode that is up
  darkroom status --watch        again and again, until Ctrl-C
  darkroom status --stack prod   a deployed stack
  darkroom status --json | jq .deadLetters`;

export function statusCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("status"))
    .summary("queue depths, rate, dead letters by reason")
    .description("Says what waits in the queues, what is in hand, and what failed, by reason.")
    .option("--watch", "look again and again, until Ctrl-C")
    .addHelpText("after", HELP)
    .action(async (options: StatusWords) => {
      const { runStatus } = await import("../run-status.ts");
      exit(await runStatus(options));
    });
}
