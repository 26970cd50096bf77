// Commands that are suggested: of the very target that was looked at, ready to be copied.
import { DEFAULT_DATA, type TargetOptions } from "./commands/target-options.ts";
import { columnsOf } from "./terminal/printable.ts";

/** The words of a command without its target, to what is typed. */
export type CommandText = (words: string) => string;

const MAX_COLUMNS = 48;

/** Behind long words, the target goes below, as shells take it. */
export function commandTextOf({ data, stack, outputs }: TargetOptions): CommandText {
  const target = targetWords({ data, stack, outputs });
  return (words) => {
    const command = `darkroom ${words}`;
    if (target === "") return command;
    return `${command}${columnsOf(command) > MAX_COLUMNS ? " \\\n    " : " "}${target}`;
  };
}

function targetWords({ data, stack, outputs }: Record<"data" | "stack" | "outputs", string | undefined>) {
  if (outputs !== undefined) return `--outputs ${quoted(outputs)}`;
  if (stack !== undefined) return `--stack ${quoted(stack)}`;
  return data === undefined || data === DEFAULT_DATA ? "" : `--data ${quoted(data)}`;
}

function quoted(word: string): string {
  return /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
