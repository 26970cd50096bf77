// What became of redriven dead letters, by the reason that each had before.
import type { DeadLetter } from "../../operations/dead-letters/dead-letters.ts";
import { codeOf } from "../../operations/dead-letters/reasons.ts";
import type { FollowedRedrive } from "../../operations/dead-letters/redrive-and-follow.ts";
import type { Fate } from "../../operations/dead-letters/redrive-fate.ts";
import type { CommandText } from "../command-text.ts";
import { countText } from "../figures.ts";
import { printable } from "./printable.ts";
import { plainTable } from "./table.ts";

export interface Tally {
  code: string;
  redriven: number;
  done: number;
  rejected: number;
  pending: number;
}

export function tally({ fates }: { fates: ReadonlyMap<DeadLetter, Fate> }): Tally[] {
  return [...Map.groupBy(fates, ([letter]) => codeOf(letter))].map(([code, members]) => {
    const count = (state: Fate["state"]) => members.filter(([, fate]) => fate.state === state).length;
    return {
      code,
      redriven: members.length,
      done: count("done"),
      rejected: count("rejected"),
      pending: count("pending"),
    };
  });
}

export function fatesTable(rows: readonly Tally[]): string {
  const right = { align: "right", columns: 11 } as const;
  return plainTable(
    [
      { name: "Reason", columns: 28 },
      ...["Redriven", "Done", "Again", "Pending"].map((name) => ({ name, ...right })),
    ],
    rows.map(({ code, ...counts }) => [
      printable(code),
      ...Object.values(counts).map((count) => count.toLocaleString("en")),
    ]),
  );
}

/** What is left to do about them. */
export function outlookLines(rows: readonly Tally[], command: CommandText): string[] {
  const sum = (state: "rejected" | "pending") => rows.reduce((total, row) => total + row[state], 0);
  return [
    ...(sum("rejected") > 0
      ? [`${sum("rejected")} failed again. This says why:\n  ${command("dlq list")}`]
      : []),
    ...(sum("pending") > 0
      ? [`${sum("pending")} not done yet. This follows the queue:\n  ${command("status --watch")}`]
      : []),
  ];
}

export function redriveText(result: FollowedRedrive, command: CommandText): string {
  const { fates, undeleted, refused, hidden, isStopped } = result;
  const rows = tally(result);
  return [
    ...(fates.size > 0 ? [fatesTable(rows), ""] : ["Nothing to redrive."]),
    ...(isStopped ? stoppedLines(result) : []),
    ...outlookLines(rows, command),
    ...(undeleted.length > 0
      ? [
          `${countText(undeleted.length, "dead letter")} could not be deleted: the same command again does it.`,
        ]
      : []),
    ...(hidden > 0
      ? [
          `${countText(hidden, "dead letter")} could not be looked at: somebody else has them in hand.`,
          "The same command again, in a minute, goes on with them.",
        ]
      : []),
    ...refused.map(({ letter, problem }) => `${letter.messageId} was not taken: ${printable(problem)}`),
  ].join("\n");
}

function stoppedLines({ redriven, fates }: FollowedRedrive): string[] {
  const count = (state: Fate["state"]) =>
    redriven.filter((letter) => fates.get(letter)?.state === state).length;
  const canaries = redriven.length === 1 ? "the one canary" : `${redriven.length} canaries`;
  return [
    `Stopped after ${canaries}: ${count("done")} of them done. The rest was left where it is.`,
    count("rejected") > 0
      ? "The cause is not mended, or what mends it is not in force yet."
      : "What becomes of them is not known yet: the same command again goes on.",
  ];
}
