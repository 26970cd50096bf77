// Which dead letters an operator means, and how they are told in groups.
import { codeOf, type DeadLetter } from "./dead-letters.ts";

export interface DeadLetterFilter {
  /** Any of these codes. */
  reasons?: readonly string[] | undefined;
  /** Of the source key. */
  prefix?: string | undefined;
  /** Failed at this time or later. */
  sinceMs?: number | undefined;
}

export function isUnfiltered({ reasons, prefix, sinceMs }: DeadLetterFilter): boolean {
  return reasons === undefined && prefix === undefined && sinceMs === undefined;
}

export function matches(letter: DeadLetter, { reasons, prefix, sinceMs }: DeadLetterFilter): boolean {
  return (
    (reasons === undefined || reasons.includes(codeOf(letter))) &&
    (prefix === undefined || letter.sourceKey?.startsWith(prefix) === true) &&
    (sinceMs === undefined || failedAtMs(letter) >= sinceMs)
  );
}

/** What SQS moved by itself does not say when it failed: then it is as old as the message. */
function failedAtMs({ failedAt, sentAtMs }: DeadLetter): number {
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
