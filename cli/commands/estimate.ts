// `darkroom estimate`: how long a spike takes and what it costs.
import { Command } from "commander";
import { DEFAULT_ACCOUNT_CONCURRENCY } from "../../operations/estimate/account-concurrency.ts";
import type { ExitCode } from "../exit-code.ts";
import { addTargetOptions } from "./target-options.ts";
import { positiveNumber, wholeNumber } from "./whole-number.ts";

const HELP = `
A model, not a measurement: Lambda's documented ramp, nothing fails, and nobody
else uses the account. Prices are those of us-east-1.

Examples:
  darkroom estimate --images 100000 --stack prod
  darkroom estimate --images 1000000 --megapixels 24 --account-concurrency 5000
  darkroom estimate --images 50000 --seconds 1.4   what the log says of one`;

export function estimateCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("estimate"))
    .summary("how long a spike takes and what it costs")
    .description("Says how long so many uploads at once take with this stack's settings, and what they cost.")
    .requiredOption("--images <n>", "uploads at once", wholeNumber("--images", 1))
    .option("--megapixels <n>", "of an image", positiveNumber("--megapixels"), 12)
    .option("--seconds <n>", "for an image on one core, instead of the model's", positiveNumber("--seconds"))
    .option(
      "--account-concurrency <n>",
      "invocations at once that the account may have",
      wholeNumber("--account-concurrency", 1),
      DEFAULT_ACCOUNT_CONCURRENCY,
    )
    .addHelpText("after", HELP)
    .action(async (options) => {
      const { runEstimate } = await import("../run-estimate.ts");
      exit(await runEstimate(options));
    });
}
