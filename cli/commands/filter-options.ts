// --reason, --prefix, --since and the like: which dead letters a command is about.
import type { Command } from "commander";
import semver from "semver";
import { type DeadLetterFilter, isUnfiltered } from "../../operations/dead-letters/dead-letter-filter.ts";
import { REASONS, UNEXPLAINED } from "../../operations/dead-letters/reasons.ts";
import { expected } from "../../settings/problem.ts";
import { UsageError } from "../exit-code.ts";
import { wholeNumber } from "./whole-number.ts";

export interface FilterOptions {
  reason?: string[];
  prefix?: string;
  since?: number;
  until?: number;
  id?: string[];
  fixedIn?: string;
  limit?: number;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option("--reason <code...>", "only with one of these reasons", addReason)
    .option("--prefix <text>", "only about keys that start so")
    .option("--since <time>", "only failed since: 30m, 6h, 2d, or a date like 2026-05-31T12:00Z", parseSince)
    .option("--until <time>", "only failed before: a time like that of --since", parseUntil)
    .option("--id <id...>", "only these, by their ids")
    .option("--fixed-in <version>", "only failures of workers from before this version", parseVersion)
    .option("--limit <n>", "at most so many", wholeNumber("--limit", 1));
}

export function filterOf({ reason, prefix, since, until, id, fixedIn }: FilterOptions): DeadLetterFilter {
  return { reasons: reason, prefix, sinceMs: since, untilMs: until, ids: id, fixedIn };
}

/** Nothing typed means everything to some commands; to those that change something it is a slip. */
export function requireChoice(words: FilterOptions & { all?: true }): void {
  if (words.all || words.limit !== undefined || !isUnfiltered(filterOf(words))) return;
  throw new UsageError(
    "Which dead letters? Give --reason, --prefix, --since, --until, --id, --fixed-in or --limit, or --all.",
    "`darkroom dlq list` shows what is there.",
  );
}

/** A code that is misspelt would match nothing, and look like good news. */
function addReason(code: string, earlier: string[] = []): string[] {
  if (code !== UNEXPLAINED && !(code in REASONS)) {
    throw new UsageError(
      expected("a reason code", "--reason", code),
      `One of ${[...Object.keys(REASONS), UNEXPLAINED].join(", ")}.`,
    );
  }
  return [...earlier, code];
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export function parseSince(text: string): number {
  return parseTime(text, "--since");
}

function parseUntil(text: string): number {
  return parseTime(text, "--until");
}

function parseTime(text: string, name: string): number {
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(expected("a time like 30m, 6h, 2d or 2026-05-31T12:00Z", name, text));
}

function parseVersion(text: string): string {
  if (semver.valid(text)) return text;
  throw new UsageError(
    expected("a version like 0.2.0", "--fixed-in", text),
    "`darkroom dlq show <id>` has that of the worker that failed.",
  );
}
