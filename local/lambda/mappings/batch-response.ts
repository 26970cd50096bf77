// What an answer of the handler says about its batch when the mapping has ReportBatchItemFailures. Every rule is AWS's,
// the dangerous ones too: an answer without a list deletes the whole batch.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting

/** The message ids that are done; the others become visible again after the queue's visibility timeout. */
export function doneAfter(answer: string, messageIds: readonly string[]): readonly string[] {
  let parsed: unknown;
  try {
    parsed = answer === "" ? null : JSON.parse(answer);
  } catch {
    return [];
  }
  const failures = property(parsed, "batchItemFailures");
  if (failures === undefined || failures === null) return messageIds;
  if (!Array.isArray(failures)) return [];
  const failed = failures.map((failure) => property(failure, "itemIdentifier"));
  // An identifier that is missing, empty or not of this batch: Lambda trusts nothing of the answer.
  if (!failed.every((id) => typeof id === "string" && messageIds.includes(id))) return [];
  return messageIds.filter((id) => !failed.includes(id));
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
