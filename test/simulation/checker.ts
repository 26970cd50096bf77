// The judge of a whole history, once every queue is empty and every process has ended.
//
// What is wrong with a set is excused by dead letters alone. Everything is, while each event of the newest change of its
// source lies there: an event that was acknowledged promised that all is well, and a dead letter about an older change
// says nothing about this one. Only that a set stands between two recipes, or has a leftover of one, is excused by any
// dead letter about the key, because any message may have begun to renew it. Where a message is about many keys, a dead
// letter that blames one of them for good says that the others are done.
import { kindOf, REJECTED_FOR } from "./images.ts";
import { judgeSet, type SetFault } from "./judge.ts";
import type { Announcement, DeadLetter } from "./ledger.ts";
import type { Change } from "./owner.ts";
import type { Simulated } from "./simulated.ts";

/** The offending keys, once per fault. */
export type SetVerdict = Record<SetFault, string[]>;

export interface LetterVerdict {
  /** Good images rejected as bad; and what could have been tried again but was given up before the last receive. */
  wronglyRejected: string[];
  /** Dead letters without a reason. */
  unexplained: string[];
  /** Dead letters that are right to say that nothing will ever help. */
  rejected: number;
}

/** What may stand in a dead letter only because the last receive was over. */
export const RETRYABLE = new Set([
  "THROTTLED",
  "STORE_UNAVAILABLE",
  "NETWORK",
  "CHECKSUM_MISMATCH",
  "OUT_OF_TIME",
  "CONTENDED",
  "WATERMARK_UNREADABLE",
  "WORKER_DIED",
  "UNKNOWN",
]);
const FOR_GOOD = new Set(Object.values(REJECTED_FOR));

/** `isRedriven`: every cause is gone, so that only images that nobody can render are still excused. */
export function judgeSets(simulated: Simulated, isRedriven: boolean): SetVerdict {
  const { owner, ledger, versions } = simulated;
  const verdict: SetVerdict = { lost: [], stale: [], torn: [], mixed: [], resurrected: [], leftover: [] };
  for (const [key, history] of owner.histories) {
    const announcements = ledger.byKey.get(key) ?? [];
    const isBackfilled = announcements.some((one) => one.isBackfill && !isDead(one, key));
    const fault = judgeSet(key, simulated, isBackfilled ? versions.slice(1) : versions);
    const isHopeless = hopelessFor(history.at(-1)) !== undefined;
    if (!fault || ((isHopeless || !isRedriven) && isExcused(fault, key, announcements, history))) continue;
    verdict[fault].push(key);
  }
  return verdict;
}

function isExcused(
  fault: SetFault,
  key: string,
  announcements: readonly Announcement[],
  history: readonly Change[],
): boolean {
  if (isExcusedByDeadLetters(key, announcements, history)) return true;
  const isOfRecipes = fault === "mixed" || fault === "leftover";
  return isOfRecipes && announcements.some((announcement) => isDead(announcement, key));
}

/** Whether each event of the newest change is a dead letter. */
export function isExcusedByDeadLetters(
  key: string,
  announcements: readonly Announcement[],
  history: readonly Change[],
): boolean {
  const newest = history.length - 1;
  const events = announcements.filter(
    ({ about, isBackfill }) => !isBackfill && about.some((one) => one.key === key && one.change === newest),
  );
  return events.every((event) => isDead(event, key));
}

function isDead({ fate, about, reason }: Announcement, key: string): boolean {
  if (fate === "waiting") throw new Error(`Expected no message to wait, but one about ${key} does.`);
  if (fate === "done") return false;
  const blamesAnother =
    about.length > 1 && FOR_GOOD.has(reason?.ReasonCode ?? "") && reason?.SourceKey !== key;
  return !blamesAnother;
}

export function hopelessFor(change: Change | undefined): string | undefined {
  return change?.content && REJECTED_FOR[kindOf(change.content.toString())];
}

export function judgeLetters({ owner, ledger }: Simulated, maxReceiveCount: number): LetterVerdict {
  const verdict: LetterVerdict = { wronglyRejected: [], unexplained: [], rejected: 0 };
  for (const letter of ledger.allDeadLetters) {
    const { reason, announcement } = letter;
    const key = reason?.SourceKey ?? announcement.about[0]?.key ?? "";
    const code = reason?.ReasonCode ?? "";
    if (!reason) verdict.unexplained.push(key);
    else if (FOR_GOOD.has(code)) {
      if (wasHopeless(code, letter, owner.histories.get(key) ?? [])) verdict.rejected += 1;
      else verdict.wronglyRejected.push(key);
    } else if (!RETRYABLE.has(code) || Number(reason.ReceiveCount) < maxReceiveCount) {
      verdict.wronglyRejected.push(key);
    }
  }
  return verdict;
}

/** Whether a content that deserves this code stood there at any time from the receive until the dead letter. */
function wasHopeless(code: string, { receivedMs, sentMs }: DeadLetter, history: readonly Change[]): boolean {
  return history.some((change, index) => {
    const untilMs = history[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return hopelessFor(change) === code && change.atMs <= sentMs && untilMs >= receivedMs;
  });
}
