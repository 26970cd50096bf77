// The copy of a rejected message that an operator finds: the body as it was, and the reason in message attributes, so
// that dead letters can be grouped and redriven by reason. Seven of the ten attributes that SQS allows.
import type { Failure } from "../failure.ts";
import type { Message } from "./message.ts";

const MAX_REASON_BYTES = 1024;

/** SQS refuses a message with any other character than these. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

export interface DeadLetter {
  message: Message;
  failure: Failure;
  /** The source object at fault; none when the message could not be read. */
  key: string | undefined;
  workerVersion: string;
  failedAtMs: number;
}

export function deadLetterAttributes(letter: DeadLetter): Record<string, string> {
  const { message, failure, key, workerVersion, failedAtMs } = letter;
  return {
    ReasonCode: failure.code,
    ReasonMessage: attributeText(failure.message),
    ...(key !== undefined && { SourceKey: attributeText(key) }),
    ReceiveCount: String(message.receiveCount),
    WorkerVersion: workerVersion,
    FailedAt: new Date(failedAtMs).toISOString(),
    RedriveCount: String(message.redriveCount),
  };
}

/** Cut at a whole character; never empty, which SQS refuses too. */
function attributeText(text: string): string {
  const bytes = new TextEncoder().encode(text.replace(FORBIDDEN, "\u{FFFD}"));
  return new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true }) || "-";
}
