// `darkroom show <key>`: one source object, its set, and why it has none.
import { Command } from "commander";
import type { ExitCode } from "../exit-code.ts";
import { addTargetOptions, type TargetOptions } from "./target-options.ts";

const HELP = `
Exit codes: 0 the set is of the source as it is now, 1 it is not, 2 wrong usage.

Examples:
  darkroom show photos/cat.jpg
  darkroom show "trip 2026/zürich + see.jpg" --stack prod
  darkroom show photos/cat.jpg --json | jq .manifest.renditions`;

export function showCommand(exit: (code: ExitCode) => void): Command {
  return addTargetOptions(new Command("show"))
    .summary("one source: its set, its dead letters, why")
    .description("Shows one source object, its set, and the dead letters about it.")
    .argument("<key>", "key of the source object")
    .addHelpText("after", HELP)
    .action(async (key: string, options: TargetOptions) => {
      const { runShow } = await import("../run-show.ts");
      exit(await runShow(key, options));
    });
}
