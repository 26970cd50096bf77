// The copy of a rejected message that an operator finds: the body as it was, and the reason in message attributes, so
// that dead letters can be grouped and redriven by reason. Seven of the ten attributes that SQS allows.
import { attributeText } from "../attribute-text.ts";
import type { Failure } from "../failure.ts";
import type { Message } from "./message.ts";

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
