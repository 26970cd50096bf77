// The simulation's table, as Markdown, so that it can be shown where it is read.
import { FAULT_COLUMNS, isTooRare, LOSS_COLUMNS, sum } from "./columns.ts";
import type { FaultCounts } from "./faults.ts";
import type { History } from "./simulate.ts";

const FAULT_NAMES: Partial<Record<keyof FaultCounts, string>> = {
  twinReceive: "messages shown to two workers at once",
  unavailable: "requests refused with 503",
  throttled: "requests throttled",
  lostAnswer: "answers lost after the write",
  conflict: "writes refused with 409",
  slowRequest: "requests that took seconds",
  cutDownload: "downloads cut short",
  deadLetterQueueAway: "dead-letter queue away",
  visibilityUnchanged: "visibility not changed",
  lostDelete: "acknowledgements lost",
  stall: "invocations stalled for seconds",
  renderBug: "renderings failed by a bug",
  rendererCrash: "renderers that crashed under a good image",
  memoryShort: "renderers killed for their neighbours' memory",
};

export function tableOf(histories: readonly History[]): string {
  const count = (of: (history: History) => number) => number(sum(histories, of));
  const rejected = sum(histories, ({ letters }) => letters.rejected);
  const wasted = sum(histories, ({ findings }) => findings.wastedReceives.length);
  return [
    "| what happened | count | share |",
    "|---|---:|---:|",
    row(
      "uploads",
      count(({ owner }) => owner.uploads),
    ),
    row(
      "uploads with immutable renditions",
      count(({ owner, isImmutable }) => (isImmutable ? owner.uploads : 0)),
    ),
    row(
      "removals",
      count(({ owner }) => owner.removals),
    ),
    row(
      "reverts to earlier bytes",
      count(({ owner }) => owner.reverts),
    ),
    row(
      "events delivered",
      count(({ owner, faults }) => owner.events + faults.copiedMessage),
    ),
    row(
      "attempts",
      count(({ attempts }) => attempts.attempts),
    ),
    ...FAULT_COLUMNS.map((column) => {
      const share = sum(histories, column.count) / sum(histories, column.outOf);
      const note = isTooRare(column, histories) ? ` (too few: ${percent(column.minimum)} are needed)` : "";
      return row(column.name, count(column.count), percent(share) + note);
    }),
    ...Object.entries(FAULT_NAMES).map(([fault, name]) =>
      row(
        name,
        count(({ faults }) => faults[fault as keyof FaultCounts]),
      ),
    ),
    row("images rejected", number(rejected)),
    row(
      "messages redriven",
      count(({ redriven }) => redriven),
    ),
    row(
      "redrives killed half-way",
      count(({ redriveKills }) => redriveKills),
    ),
    row(
      "deletions that raced with a new listing",
      count(({ readings }) => readings.races),
      racesOf(histories),
    ),
    "",
    "| what must not happen | count |",
    "|---|---:|",
    ...LOSS_COLUMNS.map(({ name, of }) =>
      row(
        name,
        count((history) => of(history).length),
      ),
    ),
    row("receives per rejected image", ((rejected + wasted) / rejected).toFixed(2)),
  ].join("\n");
}

function racesOf(histories: readonly History[]): string {
  const longest = Math.max(...histories.map(({ readings }) => readings.longestRaceMs));
  return `whole again after ${(longest / 1000).toFixed(1)} s at most`;
}

function row(...cells: string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
