// --stack, --outputs and --data: which pipeline a command works on.
import type { Command } from "commander";

export interface TargetOptions {
  data: string;
  stack?: string;
  outputs?: string;
  json?: true;
}

export const DEFAULT_DATA = ".darkroom";

export function addTargetOptions(command: Command): Command {
  return command
    .option("--stack <name>", "a deployed stack, by its name (asks pulumi for its outputs)")
    .option("--outputs <file>", "a deployed stack, by a file of `pulumi stack output --json`")
    .option("--data <dir>", "otherwise the local mode that is up on this data", DEFAULT_DATA)
    .option("--json", "print JSON on stdout");
}
