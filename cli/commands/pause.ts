// `darkroom pause` and `darkroom resume`: nothing is taken from the queues, and again it is.
import { Command, Option } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { addTargetOptions } from "./target-options.ts";

const HELP = `
While it is paused, uploads are taken and wait: up to sourceRetentionDays, and
then they are lost.

Examples:
  darkroom pause --stack prod --yes
  darkroom pause --lane backfill       old images wait, new ones do not
  darkroom resume --yes`;

export function pauseCommand(exit: (code: ExitCode) => void): Command {
  return switchCommand("pause", exit)
    .summary("stop working on what is in the queues")
    .description(
      "Disables the event source mappings, and waits until they are. What is under way is finished.",
    );
}

export function resumeCommand(exit: (code: ExitCode) => void): Command {
  return switchCommand("resume", exit)
    .summary("go on working after a pause")
    .description("Enables the event source mappings, and waits until they are.");
}

function switchCommand(name: "pause" | "resume", exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command(name))
    .addOption(new Option("--lane <name>", "one lane only").choices(["work", "backfill"]))
    .option("--yes", "do not ask")
    .addHelpText("after", HELP)
    .action(async (options) => {
      const { runSwitch } = await import("../run-switch.ts");
      exit(await runSwitch(name, options));
    });
}
