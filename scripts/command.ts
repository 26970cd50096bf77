// Scripts as commands: wrong words are answered with one sentence and exit code 2, as `darkroom` does.
import type { Command } from "commander";
import { explain } from "../cli/explain.ts";

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
