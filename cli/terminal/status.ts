// The pipeline at a glance, for `darkroom status`: within 80 columns, and with --watch within the rows there are.
import type { Group } from "../../operations/dead-letters/dead-letter-filter.ts";
import type { Forecast } from "../../operations/drain-forecast.ts";
import { messageCount, type QueueDepth } from "../../operations/queue-depth.ts";
import { type LaneStatus, type Status, waitingIn } from "../../operations/status.ts";
import type { CommandText } from "../command-text.ts";
import { aboutText, countText, roughDurationText } from "../figures.ts";
import { printable, shorten } from "./printable.ts";
import { paint } from "./screen.ts";
import { sparkline } from "./sparkline.ts";
import { plainTable } from "./table.ts";

const COLUMNS = 80;
const RIGHT = { align: "right", columns: 12 } as const;

export interface Glance {
  pace: Forecast | undefined;
  /** How many were to do in the past, for a sparkline. */
  waiting: readonly number[];
  /** Of a screen; as many as it takes, when absent. */
  maxRows: number | undefined;
  command: CommandText;
}

export function statusText(
  name: string,
  status: Status,
  { pace, waiting, maxRows, command }: Glance,
): string {
  const time = new Date(status.atMs).toISOString().slice(11, 19);
  const title = shorten(printable(name), COLUMNS - time.length - 2);
  const above = [
    `${paint("bold", title)}  ${paint("dim", time)}`,
    queuesText(status),
    workText(status, { pace, waiting, command }),
  ].join("\n\n");
  const rows = maxRows === undefined ? Number.POSITIVE_INFINITY : maxRows - above.split("\n").length - 1;
  return `${above}\n\n${deadLettersText(status, rows, command)}`;
}

function queuesText({ work, backfill, deadLetters, atMs }: Status): string {
  const row = (name: string, depth: QueueDepth, oldest: string) => [
    name,
    ...[depth.visible, depth.inFlight, depth.delayed].map((count) => count.toLocaleString("en")),
    messageCount(depth) === 0 ? "–" : oldest,
  ];
  const lane = (name: string, depth: LaneStatus) => row(name, depth, oldestText(depth.oldestSeconds));
  return plainTable(
    [
      { name: "Queue", columns: 14 },
      { name: "Waiting", ...RIGHT },
      { name: "In flight", ...RIGHT },
      { name: "Delayed", ...RIGHT },
      { name: "Oldest", ...RIGHT },
    ],
    [
      lane("work", work),
      ...(backfill ? [lane("backfill", backfill)] : []),
      row("dead letters", deadLetters, oldestText(oldestLetterSeconds(deadLetters, atMs))),
    ],
  );
}

function oldestText(seconds: number | undefined): string {
  return seconds === undefined ? "not known" : roughDurationText(seconds * 1000);
}

/** Of a few of very many, nobody knows. */
function oldestLetterSeconds(deadLetters: Status["deadLetters"], atMs: number): number | undefined {
  const { groups, grouped } = deadLetters;
  if (grouped < messageCount(deadLetters)) return undefined;
  return (atMs - Math.min(...groups.map(({ oldestMs }) => oldestMs))) / 1000;
}

function workText(status: Status, { pace, waiting, command }: Omit<Glance, "maxRows">): string {
  const left = waitingIn(status);
  const { working, paused = [] } = status;
  const isAtWork = working && (left > 0 || working.atLeast > 0);
  const lines = [
    ["To do", left === 0 ? paint("green", "nothing") : countText(left, "message")],
    ...(paused.length > 0 ? [["Paused", pausedText(paused, command)]] : []),
    ...(left > 0 && pace ? [["Shrinks", paceText(pace)]] : []),
    ...trafficLine(pace),
    ...(left > 0 && pace?.remainingSeconds !== undefined ? [["Drained", drainedText(pace)]] : []),
    ...(isAtWork
      ? [["At work", `at least ${working.atLeast} of ${countText(working.limit, "invocation")}`]]
      : []),
    ...(waiting.length > 1 && waiting.some((count) => count > 0)
      ? [["So far", paint("cyan", sparkline(waiting))]]
      : []),
  ];
  return lines.map(([label = "", text]) => `${paint("dim", label.padEnd(9))}${text}`).join("\n");
}

function paceText({ perSecond, overSeconds }: Forecast): string {
  const over = paint("dim", `in the last ${roughDurationText(overSeconds * 1000)}`);
  if (perSecond > 0) return `by ${rateText(perSecond)} a second ${over}`;
  return `${paint("yellow", "not")}: as much arrives as is done, or nothing is done ${over}`;
}

function pausedText(lanes: readonly string[], command: CommandText): string {
  const which = lanes.length === 1 ? ` --lane ${lanes[0]}` : "";
  return `${paint("yellow", lanes.join(" and "))}; to go on:\n  ${command(`resume${which}`)}`;
}

function trafficLine(pace: Forecast | undefined): string[][] {
  const { arrivedPerSecond = 0, donePerSecond = 0 } = pace ?? {};
  if (arrivedPerSecond + donePerSecond === 0) return [];
  return [
    ["Rates", `about ${rateText(arrivedPerSecond)} a second arrive, ${rateText(donePerSecond)} are done`],
  ];
}

function rateText(perSecond: number): string {
  return perSecond.toLocaleString("en", { maximumFractionDigits: perSecond < 100 ? 1 : 0 });
}

function drainedText({ remainingSeconds = 0, errorSeconds }: Forecast): string {
  const error =
    errorSeconds === undefined ? "" : `, give or take ${aboutText(1000 * Math.max(1, errorSeconds))}`;
  return `in about ${aboutText(remainingSeconds * 1000)}${error}`;
}

function deadLettersText({ deadLetters, atMs }: Status, rows: number, command: CommandText): string {
  const { groups, grouped, ...depth } = deadLetters;
  const total = messageCount(depth);
  if (total === 0) return paint("green", "No dead letters.");
  const partly = grouped < total ? ` (by reason: ${grouped.toLocaleString("en")} of them)` : "";
  // The sentence, an empty line, the table's head, and the two lines about what is left out.
  const shown = groups.length + 3 <= rows ? groups : groups.slice(0, Math.max(1, rows - 5));
  const more = groups.length - shown.length;
  return [
    `${paint("yellow", countText(total, "dead letter"))}${partly}\n`,
    groupsTable(shown, atMs),
    ...(more > 0 ? [paint("dim", `… and ${countText(more, "more reason")}:\n  ${command("dlq list")}`)] : []),
  ].join("\n");
}

export function groupsTable(groups: readonly Group[], atMs: number): string {
  return plainTable(
    [
      { name: "Reason", columns: 28 },
      { name: "Count", align: "right", columns: 8 },
      { name: "Newest", ...RIGHT },
      { name: "Oldest", ...RIGHT },
      { name: "Expires in", ...RIGHT },
    ],
    groups.map(({ code, count, newestMs, oldestMs, expiresMs }) => [
      printable(code),
      count.toLocaleString("en"),
      roughDurationText(atMs - newestMs),
      roughDurationText(atMs - oldestMs),
      roughDurationText(expiresMs - atMs),
    ]),
  );
}
