// Dead letters by reason for `darkroom dlq list`, and one of them for `dlq show` and `show`.
import { groupByReason } from "../../operations/dead-letters/dead-letter-filter.ts";
import type { DeadLetter } from "../../operations/dead-letters/dead-letters.ts";
import { codeOf, reasonOf, runbookLink } from "../../operations/dead-letters/reasons.ts";
import type { CommandText } from "../command-text.ts";
import { countText } from "../figures.ts";
import { indent, printable, shorten, wrap } from "./printable.ts";
import { paint } from "./screen.ts";
import { groupsTable } from "./status.ts";

const MAX_EXAMPLES = 3;
const KEY_COLUMNS = 39;

export interface ListFacts {
  retentionSeconds: number;
  nowMs: number;
  command: CommandText;
}

export function deadLettersText(
  letters: readonly DeadLetter[],
  { retentionSeconds, nowMs, command }: ListFacts,
): string {
  const groups = groupByReason(letters, retentionSeconds);
  const byCode = Map.groupBy(letters, codeOf);
  const [first] = groups;
  return [
    countText(letters.length, "dead letter"),
    groupsTable(groups, nowMs),
    ...groups.map(({ code }) => groupText(code, byCode.get(code) ?? [])),
    ...(first ? [nextText(first.code, command)] : []),
  ].join("\n\n");
}

function groupText(code: string, letters: readonly DeadLetter[]): string {
  const examples = letters.slice(0, MAX_EXAMPLES).map(({ messageId, sourceKey = "(no source)" }) => {
    const key = shorten(printable(sourceKey), KEY_COLUMNS);
    return `  ${paint("dim", `${key.padEnd(KEY_COLUMNS)} ${messageId}`)}`;
  });
  const more = letters.length - examples.length;
  return [
    `${paint("bold", printable(code))}  ${paint("dim", runbookLink(printable(code)))}`,
    ...indented(reasonOf(code).meaning),
    ...originLines(letters),
    ...examples,
    ...(more > 0 ? [paint("dim", `  … and ${more.toLocaleString("en")} more`)] : []),
  ].join("\n");
}

/** Of those that nobody gave a reason. */
function originLines(letters: readonly DeadLetter[]): string[] {
  const unexplained = letters.filter(({ reason }) => reason === undefined);
  const origins = Map.groupBy(unexplained, ({ movedFrom }) => movedFrom);
  return [...origins].map(([queue, members]) =>
    queue === undefined
      ? `  ${members.length.toLocaleString("en")} sent here by neither SQS nor the worker: by whom?`
      : `  ${members.length.toLocaleString("en")} moved here by SQS from ${printable(queue)}`,
  );
}

/** A command has a line of its own, to be copied. */
function nextText(code: string, command: CommandText): string {
  const { retryable, isOfSettings } = reasonOf(code);
  const which = `--reason ${printable(code)}`;
  const redrive = indent(command(`dlq redrive ${which} --canary 5 --yes`), 2);
  const drop = indent(command(`dlq drop ${which}`), 2);
  const show = indent(command("dlq show <id>"), 2);
  if (retryable) return `Next, when the cause is mended:\n${redrive}\nMore about one:\n${show}`;
  const next = isOfSettings
    ? `When the settings allow it:\n${redrive}`
    : `When they are uploaded as they should be, or not wanted:\n${drop}`;
  return `More about one, and what to do with it:\n${show}\n${next}`;
}

export function deadLetterText(letter: DeadLetter): string {
  const code = codeOf(letter);
  const { retryable, meaning } = reasonOf(code);
  const counts = `received ${letter.receiveCount}×, redriven ${letter.redriveCount}×`;
  return [
    `${paint(retryable ? "red" : "yellow", "✖")} ${paint("bold", printable(code))}  ${letter.failedAt ?? ""}  ${counts}`,
    ...indented(printable(letter.reason?.message ?? originText(letter))),
    ...indented(meaning).map((line) => paint("dim", line)),
    `  ${paint("dim", `id ${letter.messageId}`)}`,
    `  ${paint("dim", runbookLink(printable(code)))}`,
  ].join("\n");
}

function originText({ movedFrom, receiveCount }: DeadLetter): string {
  if (movedFrom === undefined) return "Neither the worker nor SQS put it here: somebody sent it.";
  return (
    `SQS moved it here from ${movedFrom}: no receive of it was answered. ` +
    `Its ${receiveCount} receives count looks like this one, too.`
  );
}

/** Within 80 columns. */
function indented(text: string): string[] {
  return wrap(text, 78).map((line) => `  ${line}`);
}
