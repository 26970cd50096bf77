// A dead letter for machines. Its names are public: other people's scripts depend on them.
import type { DeadLetter } from "../operations/dead-letters/dead-letters.ts";
import { codeOf, reasonOf } from "../operations/dead-letters/reasons.ts";

export function deadLetterJson(letter: DeadLetter) {
  const { messageId, sourceKey, sourceEtag, reason, failedAt, sentAtMs, receiveCount, redriveCount } = letter;
  const { workerVersion, movedFrom, body } = letter;
  const code = codeOf(letter);
  return {
    id: messageId,
    code,
    retryable: reasonOf(code).retryable,
    message: reason?.message,
    key: sourceKey,
    etag: sourceEtag,
    failedAt,
    workerVersion,
    movedFrom,
    sentAt: new Date(sentAtMs).toISOString(),
    receiveCount,
    redriveCount,
    body,
  };
}
