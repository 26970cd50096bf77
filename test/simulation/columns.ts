// The columns of the simulation's table: what must have happened often enough to prove anything, and what must never
// have happened. Each is defined where it is counted; the lines here say where that is.
import type { History } from "./simulate.ts";

export interface FaultColumn {
  name: string;
  count(history: History): number;
  outOf(history: History): number;
  /** The share below which the run proves too little. */
  minimum: number;
}

export interface LossColumn {
  name: string;
  /** Offending keys. */
  of(history: History): readonly string[];
}

const attempts = ({ attempts: { attempts } }: History) => attempts;
const events = ({ owner }: History) => owner.events;
const keys = ({ keys }: History) => keys;

/** Attempts (one receive of one message each): environment.ts. Events: owner.ts. Other faults: faults.ts. */
export const FAULT_COLUMNS: readonly FaultColumn[] = [
  { name: "attempts killed", count: ({ attempts }) => attempts.crashed, outOf: attempts, minimum: 0.05 },
  {
    name: "attempts frozen past the visibility timeout",
    count: ({ attempts }) => attempts.frozen,
    outOf: attempts,
    minimum: 0.02,
  },
  {
    name: "events delivered twice",
    count: ({ faults }) => faults.duplicateEvent + faults.copiedMessage,
    outOf: events,
    minimum: 0.02,
  },
  { name: "events minutes late", count: ({ faults }) => faults.late, outOf: events, minimum: 0.1 },
  { name: "keys overwritten", count: ({ overwrittenKeys }) => overwrittenKeys, outOf: keys, minimum: 0.3 },
  { name: "keys overwritten or removed", count: ({ changedKeys }) => changedKeys, outOf: keys, minimum: 0.3 },
  { name: "keys removed", count: ({ removedKeys }) => removedKeys, outOf: keys, minimum: 0.1 },
];

/** News: listeners.ts. Sets: judge.ts. Torn, as a reader saw it: readers.ts. Duplicate writes: duplicates.ts. Dead letters: checker.ts. */
export const LOSS_COLUMNS: readonly LossColumn[] = [
  { name: "lost", of: ({ sets }) => sets.lost },
  { name: "stale", of: ({ sets }) => sets.stale },
  { name: "torn", of: ({ sets }) => sets.torn },
  { name: "mixed", of: ({ sets }) => sets.mixed },
  { name: "torn, as a reader saw it", of: ({ readings }) => readings.torn },
  { name: "newest overwritten or removed", of: ({ readings }) => readings.outdone },
  { name: "immutable keys with two contents", of: ({ readings }) => readings.rewritten },
  { name: "resurrected", of: ({ sets }) => sets.resurrected },
  { name: "leftover", of: ({ sets }) => sets.leftover },
  { name: "duplicate writes", of: ({ findings }) => findings.duplicateWrites },
  { name: "wasted receives", of: ({ findings }) => findings.wastedReceives },
  { name: "wrongly rejected", of: ({ letters }) => letters.wronglyRejected },
  { name: "unexplained dead letters", of: ({ letters }) => letters.unexplained },
  { name: "untold outcomes", of: ({ news }) => news.untold },
  { name: "wrong in the catalog", of: ({ news }) => news.miscatalogued },
  { name: "wrong news after redrive", of: ({ newsAfterRedrive }) => Object.values(newsAfterRedrive).flat() },
  { name: "wrong after redrive", of: ({ afterRedrive }) => Object.values(afterRedrive).flat() },
];

export interface Loss {
  seed: number;
  column: string;
  key: string;
}

export function lossesOf(history: History): Loss[] {
  return LOSS_COLUMNS.flatMap(({ name, of }) =>
    of(history).map((key) => ({ seed: history.seed, column: name, key })),
  );
}

export function sum(histories: readonly History[], count: (history: History) => number): number {
  return histories.reduce((total, history) => total + count(history), 0);
}

export function isTooRare({ count, outOf, minimum }: FaultColumn, histories: readonly History[]): boolean {
  return sum(histories, count) < minimum * sum(histories, outOf);
}
