// What the `darkroom` command does with what was typed: every way to end becomes an exit code; the work is elsewhere.
import { Command } from "commander";
import { backfillCommand } from "./commands/backfill.ts";
import { deadLettersCommand } from "./commands/dead-letters.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { estimateCommand } from "./commands/estimate.ts";
import { localCommand } from "./commands/local.ts";
import { pauseCommand, resumeCommand } from "./commands/pause.ts";
import { showCommand } from "./commands/show.ts";
import { statusCommand } from "./commands/status.ts";
import { uploadCommand } from "./commands/upload.ts";
import { verifyCommand } from "./commands/verify.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { explain } from "./explain.ts";

const HELP = `
Examples:
  darkroom local                      the whole pipeline here, with the samples
  darkroom local ~/Pictures --keep    with your own pictures; stays up
  darkroom upload photos/             files into the source bucket
  darkroom status --watch             what waits, what is in hand, what failed
  darkroom show photos/cat.jpg        one source: its set, its dead letters, why
  darkroom dlq list                   what failed, by reason
  darkroom doctor                     what is wrong, and what mends it
  darkroom dlq redrive --help         all about one command`;

/** Resolves to the exit code. */
export async function runDarkroom(words: readonly string[]): Promise<number> {
  let exitCode: number = EXIT_CODE.done;
  const exit = (code: ExitCode) => {
    exitCode = code;
  };
  const program = new Command("darkroom")
    .description("Turns every image uploaded to a bucket into the renditions you asked for.")
    .addHelpText("after", HELP)
    .exitOverride()
    .showHelpAfterError("--help has all options, and examples.")
    .addCommand(localCommand(exit))
    .addCommand(uploadCommand(exit))
    .addCommand(statusCommand(exit))
    .addCommand(showCommand(exit))
    .addCommand(deadLettersCommand(exit))
    .addCommand(verifyCommand(exit))
    .addCommand(backfillCommand(exit))
    .addCommand(doctorCommand(exit))
    .addCommand(estimateCommand(exit))
    .addCommand(pauseCommand(exit))
    .addCommand(resumeCommand(exit));
  inheritSettings(program);
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** Commander passes them on only to commands it makes itself. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}
