// `darkroom doctor`: is everything as it must be?
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { addTargetOptions } from "./target-options.ts";
import { wholeNumber } from "./whole-number.ts";

const HELP = `
It only looks, but for its last check: an image of one pixel is uploaded and
followed to its set, and both are removed again. --no-probe leaves that out.

Exit codes: 0 nothing failed (remarks are no failures), 1 something did.

Examples:
  darkroom doctor --stack prod
  darkroom doctor --no-probe                look only, write nothing
  darkroom doctor --json | jq '.[] | select(.state == "failed")'`;

export function doctorCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("doctor"))
    .summary("check a stack end to end")
    .description(
      "Checks a stack from its buckets to one image that goes all the way, and says what mends it.",
    )
    .option("--no-probe", "only look: send no image through")
    .option("--limit <seconds>", "how long the probe may take", wholeNumber("--limit", 1), 120)
    .addHelpText("after", HELP)
    .action(async (options) => {
      const { runDoctor } = await import("../run-doctor.ts");
      exit(await runDoctor(options));
    });
}
