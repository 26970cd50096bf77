// What `darkroom dlq list` and `darkroom dlq show` do.
import { join } from "node:path";
import { isOfUnknownVersion, isUnfiltered, matches } from "../operations/dead-letters/dead-letter-filter.ts";
import { countHidden, type DeadLetter, listDeadLetters } from "../operations/dead-letters/dead-letters.ts";
import { readManifest } from "../operations/manifest.ts";
import { headSource, setState } from "../operations/source-report.ts";
import { retentionSeconds } from "../operations/status.ts";
import { expected } from "../settings/problem.ts";
import { type FilterOptions, filterOf } from "./commands/filter-options.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { deadLetterJson } from "./json-dead-letter.ts";
import { type OpenTarget, withTarget } from "./target.ts";
import { deadLettersText, deadLetterText } from "./terminal/dead-letters.ts";
import { type Evidence, evidenceText } from "./terminal/evidence.ts";
import { note, paint, progressLine } from "./terminal/screen.ts";
import { attemptsIn } from "./worker-log.ts";

export async function runList(options: TargetOptions & FilterOptions): Promise<ExitCode> {
  return await withTarget(options, async (open) => {
    const letters = await findDeadLetters(open, options);
    if (options.json) for (const letter of letters) console.log(JSON.stringify(deadLetterJson(letter)));
    else console.log(await listText(open, letters, options));
    return EXIT_CODE.done;
  });
}

/** Those that match. Says so when somebody else has some in hand, which nobody can look at. */
export async function findDeadLetters(
  { target, pace, signal }: OpenTarget,
  options: FilterOptions,
): Promise<DeadLetter[]> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const filter = filterOf(options);
  const letters: DeadLetter[] = [];
  const line = progressLine();
  let seen = 0;
  let unknown = 0;
  try {
    for await (const letter of listDeadLetters(target, { ...pace, signal })) {
      seen += 1;
      if (seen % LINE_EVERY === 0) line.show(`Looking… ${seen.toLocaleString("en")}`);
      if (isOfUnknownVersion(letter, filter)) unknown += 1;
      if (matches(letter, filter) && letters.push(letter) >= limit) return letters;
    }
  } finally {
    line.clear();
  }
  if (unknown > 0) note(unknownVersionText(unknown, options));
  const hidden = await countHidden(target, seen);
  if (hidden > 0)
    note(
      `${countText(hidden, "more dead letter")} in other hands: another reader, or one that was killed.\nBack within a minute.`,
    );
  return letters;
}

const LINE_EVERY = 100;

export function unknownVersionText(count: number, { fixedIn }: FilterOptions): string {
  return [
    `${countText(count, "dead letter")} cannot be told to be from before ${fixedIn}: left out.`,
    "They name no version (SQS moved them), or another build of that very one.",
  ].join("\n");
}

async function listText(
  { target, command }: OpenTarget,
  letters: readonly DeadLetter[],
  options: FilterOptions,
): Promise<string> {
  if (letters.length > 0) {
    const facts = { retentionSeconds: await retentionSeconds(target), nowMs: Date.now(), command };
    return deadLettersText(letters, facts);
  }
  return isUnfiltered(filterOf(options)) ? paint("green", "No dead letters.") : "No dead letter matches.";
}

export async function runShowDeadLetter(id: string, options: TargetOptions): Promise<ExitCode> {
  return await withTarget(options, async (open) => {
    const [letter] = await findDeadLetters(open, { id: [id], limit: 1 });
    if (!letter) {
      throw new UsageError(
        expected("the id of a dead letter", "<id>", id),
        `Some of each reason, or all with --json (a redrive gives a letter a new one):\n  ${open.command("dlq list")}`,
      );
    }
    const evidence = await evidenceOf(open, letter, options);
    if (options.json) console.log(JSON.stringify({ ...deadLetterJson(letter), ...evidence }, null, 2));
    else console.log(`${deadLetterText(letter)}\n\n${evidenceText(letter, evidence, open.command)}\n`);
    return EXIT_CODE.done;
  });
}

/** What the buckets and the worker's log say about it. */
async function evidenceOf(
  { target, signal }: OpenTarget,
  { sourceKey, messageId, reason }: DeadLetter,
  { data, stack, outputs }: TargetOptions,
): Promise<Evidence> {
  const [source, manifest] =
    sourceKey === undefined
      ? []
      : await Promise.all([headSource(target, sourceKey, signal), readManifest(target, sourceKey, signal)]);
  const isLocal = stack === undefined && outputs === undefined;
  const log = isLocal ? await attemptsIn(join(data, "worker.log"), messageId) : undefined;
  const set = setState(source, manifest);
  return {
    source,
    set,
    log: reason === undefined ? log : undefined,
    functionName: target.engine?.functionName,
  };
}
