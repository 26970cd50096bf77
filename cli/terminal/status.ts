// The pipeline at a glance, for `darkroom status`.
import type { Group } from "../../operations/dead-letter-filter.ts";
import { messageCount, type QueueDepth } from "../../operations/queue-depth.ts";
import { type Pace, type Status, waitingIn } from "../../operations/status.ts";
import { countText, roughDurationText } from "../figures.ts";
import { printable } from "./printable.ts";
import { paint } from "./screen.ts";
import { plainTable } from "./table.ts";

const RIGHT = { align: "right", columns: 12 } as const;

export function statusText(name: string, status: Status, pace: Pace | undefined): string {
  return [paint("bold", name), queuesText(status), drainText(status, pace), deadLettersText(status)].join(
    "\n\n",
  );
}

function queuesText({ work, backfill, deadLetters }: Status): string {
  const row = (name: string, depth: QueueDepth) => [
    name,
    ...[depth.visible, depth.inFlight, depth.delayed].map((count) => count.toLocaleString("en")),
  ];
  return plainTable(
    [
      { name: "Queue", columns: 14 },
      { name: "Waiting", ...RIGHT },
      { name: "In flight", ...RIGHT },
      { name: "Delayed", ...RIGHT },
    ],
    [row("work", work), ...(backfill ? [row("backfill", backfill)] : []), row("dead letters", deadLetters)],
  );
}

function drainText(status: Status, pace: Pace | undefined): string {
  if (waitingIn(status) === 0) return "Nothing to do.";
  if (!pace) return `${countText(waitingIn(status), "message")} to do.`;
  const { perSecond, remainingSeconds } = pace;
  if (remainingSeconds === undefined) return "Not shrinking: as much arrives as is done, or nothing is done.";
  return `${perSecond.toFixed(1)} messages a second; drained in about ${roughDurationText(remainingSeconds * 1000)}.`;
}

function deadLettersText({ deadLetters, atMs }: Status): string {
  const { groups, grouped, ...depth } = deadLetters;
  const total = messageCount(depth);
  if (total === 0) return paint("green", "No dead letters.");
  const partly = grouped < total ? ` (by reason: ${grouped.toLocaleString("en")} of them)` : "";
  return `${paint("yellow", countText(total, "dead letter"))}${partly}\n\n${groupsTable(groups, atMs)}`;
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
