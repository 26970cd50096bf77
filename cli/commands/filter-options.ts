// --reason, --prefix and --since: which dead letters a command is about.
import type { Command } from "commander";
import type { DeadLetterFilter } from "../../operations/dead-letter-filter.ts";
import { REASONS, UNEXPLAINED } from "../../operations/reasons.ts";
import { expected } from "../../settings/problem.ts";
import { UsageError } from "../exit-code.ts";
import { wholeNumber } from "./whole-number.ts";

export interface FilterOptions {
  reason?: string[];
  prefix?: string;
  since?: number;
  limit?: number;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option("--reason <code...>", "only with one of these reasons", addReason)
    .option("--prefix <text>", "only about keys that start so")
    .option("--since <time>", "only failed since: 30m, 6h, 2d, or a date like 2026-05-31T12:00Z", parseSince)
    .option("--limit <n>", "at most so many", wholeNumber("--limit", 1));
}

export function filterOf({ reason, prefix, since }: FilterOptions): DeadLetterFilter {
  return { reasons: reason, prefix, sinceMs: since };
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
  const [, count, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new UsageError(expected("a time like 30m, 6h, 2d or 2026-05-31T12:00Z", "--since", text));
}
