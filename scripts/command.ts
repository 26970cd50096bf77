// Scripts as commands: wrong words are answered with one sentence and exit code 2, as `darkroom` does.
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Command } from "commander";
import { EXIT_CODE, UsageError } from "../cli/exit-code.ts";
import { explain } from "../cli/explain.ts";
import { expected } from "../settings/problem.ts";

/** The options as they were typed; ends the process when they are wrong, or were only asked for. */
export function readOptions<Options extends object>(command: Command): Options {
  try {
    return command.exitOverride().parse().opts<Options>();
  } catch (error) {
    process.exit(explain(error));
  }
}

/** What the user can mend is said without a stack. */
export async function orExplain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** For scripts with a handful of options: as `parseArgs`, but wrong words get a sentence instead of a stack. */
export function readWords<const Config extends ParseArgsConfig>(config: Config) {
  const usage = `Options: ${Object.keys(config.options ?? {})
    .map((name) => `--${name}`)
    .join(", ")}`;
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(EXIT_CODE.done);
  }
  try {
    const words = parseArgs(config);
    for (const [name, value] of Object.entries(words.values)) checkNumber(config, name, value);
    return words;
  } catch (error) {
    process.exit(explain(new UsageError((error as Error).message, usage)));
  }
}

/** What is a number when nothing is said must be one when something is. */
function checkNumber({ options = {} }: ParseArgsConfig, name: string, value: unknown): void {
  const isNumber = (text: unknown) => typeof text === "string" && text !== "" && Number(text) >= 0;
  if (!isNumber(options[name]?.default) || isNumber(value)) return;
  throw new Error(expected("a number of at least 0", `--${name}`, value));
}
