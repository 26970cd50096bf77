// Asks before anything is changed: whoever types the word has read what it is about.
import { expected } from "../settings/problem.ts";
import { ask } from "./ask.ts";
import { UsageError } from "./exit-code.ts";
import { readable } from "./terminal/printable.ts";

export async function confirm(
  word: string | number,
  deed: string,
  { yes, json }: { yes?: true | undefined; json?: true | undefined },
): Promise<void> {
  if (yes) return;
  if (json || !process.stdin.isTTY) {
    throw new UsageError(
      `Nobody is here to confirm: add --yes to ${deed}.`,
      json ? "With --json, nobody is asked." : undefined,
    );
  }
  const answer = await ask(readable(`About to ${deed}.\nType ${word} to go on: `));
  if (answer.trim() !== String(word))
    throw new UsageError(expected(String(word), "the confirmation", answer));
}
