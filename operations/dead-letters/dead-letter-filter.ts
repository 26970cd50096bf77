// Which dead letters an operator means, and how they are told in groups.
import semver from "semver";
import type { DeadLetter } from "./dead-letters.ts";
import { codeOf } from "./reasons.ts";

export interface DeadLetterFilter {
  /** Any of these codes. */
  reasons?: readonly string[] | undefined;
  /** Of the source key. */
  prefix?: string | undefined;
  /** Failed at this time or later. */
  sinceMs?: number | undefined;
  /** Failed before this time. */
  untilMs?: number | undefined;
  /** Any of these message ids. */
  ids?: readonly string[] | undefined;
  /** Failed in a worker from before this version. */
  fixedIn?: string | undefined;
}

export function isUnfiltered(filter: DeadLetterFilter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

export function matches(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  const { fixedIn } = filter;
  return matchesButForVersion(letter, filter) && (fixedIn === undefined || isOlder(letter, fixedIn) === true);
}

/** It would match, but nobody knows whether its worker is from before `fixedIn`. */
export function isOfUnknownVersion(letter: DeadLetter, filter: DeadLetterFilter): boolean {
  const { fixedIn } = filter;
  return (
    fixedIn !== undefined && isOlder(letter, fixedIn) === undefined && matchesButForVersion(letter, filter)
  );
}

function matchesButForVersion(
  letter: DeadLetter,
  { reasons, prefix, sinceMs, untilMs, ids }: DeadLetterFilter,
): boolean {
  return (
    (reasons === undefined || reasons.includes(codeOf(letter))) &&
    (prefix === undefined || letter.sourceKey?.startsWith(prefix) === true) &&
    (sinceMs === undefined || failedAtMs(letter) >= sinceMs) &&
    (untilMs === undefined || failedAtMs(letter) < untilMs) &&
    (ids === undefined || ids.includes(letter.messageId))
  );
}

/**
 * Nothing when there is no telling: it names no version (SQS moved it, or its worker was not built), or another build of
 * `fixedIn` itself. What comes after the plus of a version has no order.
 */
function isOlder({ workerVersion }: DeadLetter, fixedIn: string): boolean | undefined {
  const [version, fixed] = [semver.parse(workerVersion), semver.parse(fixedIn)];
  if (!version || !fixed) return undefined;
  const order = version.compare(fixed);
  if (order !== 0 || fixed.build.length === 0) return order < 0;
  return version.build.join(".") === fixed.build.join(".") ? false : undefined;
}

/** What SQS moved by itself does not say when it failed: then it is as old as the message. */
export function failedAtMs({ failedAt, sentAtMs }: DeadLetter): number {
  const time = Date.parse(failedAt ?? "");
  return Number.isNaN(time) ? sentAtMs : time;
}

export interface Group {
  code: string;
  count: number;
  oldestMs: number;
  newestMs: number;
  /** When SQS deletes the first of them. */
  expiresMs: number;
  /** The first few source keys. */
  examples: string[];
}

const MAX_EXAMPLES = 3;

/** The largest first. */
export function groupByReason(letters: readonly DeadLetter[], retentionSeconds: number): Group[] {
  const groups = Map.groupBy(letters, codeOf);
  return [...groups]
    .map(([code, members]) => ({
      code,
      count: members.length,
      oldestMs: Math.min(...members.map(failedAtMs)),
      newestMs: Math.max(...members.map(failedAtMs)),
      expiresMs: Math.min(...members.map(({ sentAtMs }) => sentAtMs)) + retentionSeconds * 1000,
      examples: members.flatMap(({ sourceKey }) => sourceKey ?? []).slice(0, MAX_EXAMPLES),
    }))
    .toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}
