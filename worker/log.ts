// One JSON object per line. Keys and messages come from strangers, so nothing in them may start a line, move a cursor
// or reverse the reading direction of a terminal.
import type { FailureCode } from "./failure.ts";

export interface LogLine {
  event: "rendered" | "unchanged" | "removed" | "rejected" | "retried" | "ignored" | "untold" | "batch";
  messageId?: string;
  receiveCount?: number;
  key?: string | undefined;
  code?: FailureCode | "TEST_EVENT" | "IGNORED" | "SOURCE_GONE";
  message?: string;
  /** Only of bugs. */
  stack?: string | undefined;
  elapsedMs?: number;
  renditions?: number;
  bytesIn?: number;
  bytesOut?: number;
  /** Of a batch: messages received, messages reported as failed. */
  messages?: number;
  failed?: number;
}

export type Log = (line: LogLine) => void;

/** Controls (C1; JSON itself escapes C0), line separators and the marks that change the reading direction. */
const UNSAFE = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

export function formatLine(line: object): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(line).replace(UNSAFE, escaped);
}

/** Not by console.log, which Lambda wraps. */
export const logToStdout = (line: object): void => {
  process.stdout.write(`${formatLine(line)}\n`);
};
