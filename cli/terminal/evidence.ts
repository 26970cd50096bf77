// What is known about a dead letter beside itself: its source, its set, and what the worker's log says; and what follows.
import type { DeadLetter } from "../../operations/dead-letters/dead-letters.ts";
import { codeOf, reasonOf } from "../../operations/dead-letters/reasons.ts";
import type { SetState, SourceFacts } from "../../operations/source-report.ts";
import type { CommandText } from "../command-text.ts";
import { bytesText } from "../figures.ts";
import type { LoggedAttempt } from "../worker-log.ts";
import { indent, printable, wrap } from "./printable.ts";

export interface Evidence {
  source: SourceFacts | undefined;
  set: SetState;
  /** Only of a letter without a reason, and only where there is such a file: in local mode. */
  log: readonly LoggedAttempt[] | undefined;
  functionName: string | undefined;
}

const SETS: Readonly<Record<SetState, string>> = {
  current: "of the source as it is now: the work is done",
  stale: "of earlier content, or of a source that is gone",
  none: "none",
};

const MAX_ATTEMPTS = 5;

export function evidenceText(letter: DeadLetter, evidence: Evidence, command: CommandText): string {
  const { sourceKey, body } = letter;
  return [
    ...(sourceKey === undefined ? [] : sourceLines(sourceKey, evidence)),
    ...(letter.reason === undefined ? logLines(letter, evidence) : []),
    ...nextLines(letter, evidence, command),
    "",
    printable(body),
  ].join("\n");
}

function sourceLines(key: string, { source, set }: Evidence): string[] {
  const state = source
    ? `${bytesText(source.bytes)}, ${source.contentType ?? "no type"}, ${source.lastModified ?? ""}`
    : "not in the source bucket";
  return [...field("Key", key), ...field("Source", state), ...field("Set", SETS[set])];
}

/** Why it ended here, as far as anybody wrote it down. */
function logLines({ messageId }: DeadLetter, { log, functionName }: Evidence): string[] {
  if (log === undefined) {
    if (functionName === undefined) return [];
    const command = [
      `aws logs filter-log-events --log-group-name /aws/lambda/${functionName}`,
      `--filter-pattern '"${messageId}"'`,
    ];
    return ["Log        Look for it there:", ...command.map((line) => `             ${line}`)];
  }
  if (log.length === 0) {
    return field("Log", "no line about it: each time, the worker ended before it could write one");
  }
  return log.slice(-MAX_ATTEMPTS).flatMap(({ event, receiveCount, code = "", message = "" }) => {
    const times = receiveCount === undefined ? "" : `receive ${receiveCount}, `;
    return field("Log", `${times}${event} ${code}: ${message}`);
  });
}

/** A command has a line of its own, to be copied. */
function nextLines(letter: DeadLetter, { source, set }: Evidence, command: CommandText): string[] {
  const { sourceKey, messageId } = letter;
  const drop = command(`dlq drop --id ${messageId}`);
  const redrive = command(`dlq redrive --id ${messageId} --yes`);
  const next = (text: string, ...commands: string[]) => [
    ...field("Next", text),
    ...commands.map((each) => indent(each, LABEL_COLUMNS)),
  ];
  if (sourceKey === undefined) return next("it is about no source:", drop);
  if (set === "current") return next("nothing is left to do:", drop);
  if (source === undefined && set === "none") return next("its source is gone, and so is its set:", drop);
  if (source === undefined) return next("its source is gone; this removes its set:", redrive);
  const { retryable, isOfSettings } = reasonOf(codeOf(letter));
  if (retryable) return next("mend the cause, then", redrive);
  if (!isOfSettings) return next("upload it as it should be, which needs no redrive; then", drop);
  return next("when the settings are changed, or when it is not wanted:", redrive, drop);
}

const LABEL_COLUMNS = 11;

function field(label: string, text: string): string[] {
  const [first = "", ...others] = wrap(printable(text), 80 - LABEL_COLUMNS);
  return [
    `${label.padEnd(LABEL_COLUMNS)}${first}`,
    ...others.map((line) => `${" ".repeat(LABEL_COLUMNS)}${line}`),
  ];
}
