// The table at the end of a run. Plain spaces between columns, so that it can be copied and grepped.
import { bytesText, countText, durationText, savingText } from "../figures.ts";
import { type DoneReport, isDone, isRejected, problemOf, type Report, sizesOf, totalsOf } from "../report.ts";
import { printable, shorten, wrap } from "./printable.ts";
import { paint } from "./screen.ts";
import { plainTable } from "./table.ts";

const HEAD = ["Source", "Set", "Bytes", "All", "Widest", "Saved", "Time"];

/** What each column needs at most, with two spaces before it: "1.02 MB", "−100%", "12.3s". */
const FIGURE_COLUMNS = [5, 9, 9, 9, 7, 8];

const MIN_KEY_COLUMNS = 20;
const MAX_KEY_COLUMNS = 60;

/** More would scroll what matters off the screen; the contact sheet has them all. */
const MAX_ROWS = 60;

export function summary(report: Report, columns: number): string {
  const figureColumns = FIGURE_COLUMNS.reduce((total, width) => total + width, 0);
  const longest = Math.max(...report.sources.map(({ key }) => key.length), MIN_KEY_COLUMNS);
  const keyColumns = Math.max(
    MIN_KEY_COLUMNS,
    Math.min(longest, MAX_KEY_COLUMNS, columns - figureColumns - 1),
  );
  const done = report.sources.filter(isDone);
  const rows = done.slice(0, MAX_ROWS).map((source) => doneRow(source, keyColumns));
  const widths = [keyColumns, ...FIGURE_COLUMNS];
  const columnsOfTable = HEAD.map((name, index) => ({
    name,
    align: index === 0 ? ("left" as const) : ("right" as const),
    columns: widths[index] ?? 0,
  }));
  const lines = [done.length > 0 ? plainTable(columnsOfTable, rows) : undefined];
  if (done.length > MAX_ROWS) lines.push(paint("dim", `… and ${done.length - MAX_ROWS} more`));
  return [...lines, problemLines(report, columns), totalsLine(report)]
    .filter((line) => line !== undefined && line !== "")
    .join("\n\n");
}

function doneRow(source: DoneReport, keyColumns: number): string[] {
  const { before, after, widest } = sizesOf(source);
  return [
    shorten(printable(source.key), keyColumns),
    String(source.outcome.manifest.renditions.length),
    bytesText(before),
    bytesText(after),
    bytesText(widest),
    paint("green", savingText(before, widest)),
    source.elapsedMs === undefined ? "–" : durationText(source.elapsedMs),
  ];
}

/** Each on two lines, because reasons are sentences. */
function problemLines({ sources }: Report, columns: number): string {
  const lines = sources.flatMap((source) => {
    const problem = problemOf(source);
    if (!problem) return [];
    const mark = isRejected(source) ? paint("yellow", "✖") : paint("red", "✖");
    const code = printable(problem.code);
    const key = shorten(printable(source.key), columns - code.length - 4);
    return [`${mark} ${key}  ${paint("bold", code)}`, ...details(problem.message, columns)];
  });
  return lines.join("\n");
}

function details(text: string, columns: number): string[] {
  return wrap(printable(text), columns - 2).map((line) => `  ${paint("dim", line)}`);
}

function totalsLine({ sources, elapsedMs }: Report): string {
  const { done, rejected, unfinished, renditions, before, after, widest } = totalsOf(sources);
  const counts = [
    `${done} rendered`,
    ...(rejected > 0 ? [`${rejected} rejected`] : []),
    ...(unfinished > 0 ? [`${unfinished} not finished`] : []),
  ].join(", ");
  const sizes = `${countText(renditions, "rendition")}, ${bytesText(after)}`;
  const saved = `Widest ${bytesText(widest)} of ${bytesText(before)} (${savingText(before, widest)}).`;
  return `${paint("bold", counts)} in ${durationText(elapsedMs)}.\n${sizes}. ${saved}`;
}
