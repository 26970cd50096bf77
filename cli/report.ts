// What one run of the pipeline came to: the table, the contact sheet and --json all tell this.
import type { Manifest } from "../operations/manifest.ts";
import type { Outcome } from "../operations/outcome.ts";

export interface SourceReport {
  key: string;
  bytes: number;
  outcome: Outcome | { state: "failed"; message: string };
  /** How long the worker took, as far as its log could be read. */
  elapsedMs: number | undefined;
}

export interface Report {
  stack: string;
  endpoint: string;
  sources: readonly SourceReport[];
  elapsedMs: number;
}

export interface Sizes {
  /** Of the source. */
  before: number;
  /** Of all renditions. */
  after: number;
  /** Of the widest rendition in its lightest format: what a browser downloads to show the whole picture. */
  widest: number;
}

export interface Totals extends Sizes {
  done: number;
  rejected: number;
  /** What another attempt may still do: retryable dead letters, pending sources, uploads that failed. */
  unfinished: number;
  renditions: number;
}

export type DoneReport = SourceReport & { outcome: { state: "done"; manifest: Manifest } };

export function isDone(source: SourceReport): source is DoneReport {
  return source.outcome.state === "done";
}

/** Rejected for what the image is: explained, and final until the image or the settings change. */
export function isRejected({ outcome }: SourceReport): boolean {
  return outcome.state === "rejected" && !outcome.retryable;
}

export function sizesOf({ bytes, outcome: { manifest } }: DoneReport): Sizes {
  const [widest] = manifest.renditions.toSorted((a, b) => b.width - a.width || a.bytes - b.bytes);
  return {
    before: bytes,
    after: sum(manifest.renditions.map((rendition) => rendition.bytes)),
    widest: widest?.bytes ?? 0,
  };
}

export function totalsOf(sources: readonly SourceReport[]): Totals {
  const done = sources.filter(isDone);
  const sizes = done.map(sizesOf);
  const rejected = sources.filter(isRejected).length;
  return {
    done: done.length,
    rejected,
    unfinished: sources.length - done.length - rejected,
    renditions: sum(done.map(({ outcome }) => outcome.manifest.renditions.length)),
    before: sum(sizes.map(({ before }) => before)),
    after: sum(sizes.map(({ after }) => after)),
    widest: sum(sizes.map(({ widest }) => widest)),
  };
}

/** The code and the facts of a source that has no set. */
export function problemOf({ outcome }: SourceReport): { code: string; message: string } | undefined {
  switch (outcome.state) {
    case "done":
      return undefined;
    case "rejected":
      return { code: outcome.code, message: outcome.message };
    case "pending":
      return {
        code: "PENDING",
        message: "No message about it arrived. Do source.prefix and source.suffixes let its key through?",
      };
    case "failed":
      return { code: "FAILED", message: outcome.message };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
