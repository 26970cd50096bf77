// What `darkroom dlq list` and `darkroom dlq show` do.
import { groupByReason, matches } from "../operations/dead-letter-filter.ts";
import { type DeadLetter, listDeadLetters } from "../operations/dead-letters.ts";
import { reasonOf, runbookLink } from "../operations/reasons.ts";
import { headSource } from "../operations/source-report.ts";
import { retentionSeconds } from "../operations/status.ts";
import { expected } from "../settings/problem.ts";
import { type FilterOptions, filterOf } from "./commands/filter-options.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { deadLetterJson } from "./json-dead-letter.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { printable } from "./terminal/printable.ts";
import { note, paint } from "./terminal/screen.ts";
import { deadLetterText } from "./terminal/source-report.ts";
import { groupsTable } from "./terminal/status.ts";

export async function runList(options: TargetOptions & FilterOptions): Promise<ExitCode> {
  return await withTarget(options, async (open) => {
    const letters = await findDeadLetters(open, options);
    if (options.json) for (const letter of letters) console.log(JSON.stringify(deadLetterJson(letter)));
    else console.log(await listText(open, letters));
    return EXIT_CODE.done;
  });
}

export async function findDeadLetters(
  { target, pace, signal }: OpenTarget,
  options: FilterOptions,
): Promise<DeadLetter[]> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const filter = filterOf(options);
  const letters: DeadLetter[] = [];
  for await (const letter of listDeadLetters(target, { ...pace, signal })) {
    if (matches(letter, filter) && letters.push(letter) >= limit) break;
  }
  return letters;
}

async function listText({ target }: OpenTarget, letters: readonly DeadLetter[]): Promise<string> {
  if (letters.length === 0) return paint("green", "No dead letters.");
  const groups = groupByReason(letters, await retentionSeconds(target));
  const meanings = groups.map(({ code, examples }) =>
    [
      `${paint("bold", printable(code))}  ${paint("dim", runbookLink(printable(code)))}`,
      `  ${reasonOf(code).meaning}`,
      ...examples.map(exampleLine),
    ].join("\n"),
  );
  return [countText(letters.length, "dead letter"), groupsTable(groups, Date.now()), ...meanings].join(
    "\n\n",
  );
}

function exampleLine(key: string): string {
  return `  ${paint("dim", printable(key))}`;
}

export async function runShowDeadLetter(id: string, options: TargetOptions): Promise<ExitCode> {
  return await withTarget(options, async (open) => {
    const letter = (await findDeadLetters(open, {})).find(({ messageId }) => messageId === id);
    if (!letter)
      throw new UsageError(expected("the id of a dead letter", "<id>", id), "`dlq list --json` has them.");
    const { sourceKey } = letter;
    const source =
      sourceKey === undefined ? undefined : await headSource(open.target, sourceKey, open.signal);
    if (options.json) {
      console.log(JSON.stringify({ ...deadLetterJson(letter), source }, null, 2));
      return EXIT_CODE.done;
    }
    console.log(`${deadLetterText(letter)}\n\n${printable(letter.body)}\n`);
    note(
      source || sourceKey === undefined
        ? ""
        : "Its source is gone: a redrive would remove its set, if there is one.",
    );
    return EXIT_CODE.done;
  });
}
