// The last step of the handler: whatever happened before, Lambda gets an answer that it understands as it is meant.
//
// What it takes for "all done", and deletes: no answer, null, {}, a list that is missing or misspelt. What it takes for
// "all failed": an exception, no JSON, an identifier that is empty, null, misspelt or of no message of the batch. The first
// loses messages, so where there is any doubt the answer is a well-formed "all failed".
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import * as v from "valibot";
import { expected } from "../../settings/problem.ts";
import { toFailure } from "../failure.ts";
import type { Log } from "../log.ts";

const AnswerSchema = v.object({ batchItemFailures: v.array(v.object({ itemIdentifier: v.string() })) });

/** Never throws. */
export async function answerTo(
  records: readonly SQSRecord[],
  work: () => Promise<unknown>,
  log: Log,
): Promise<SQSBatchResponse> {
  const ids = records.map(({ messageId }) => messageId);
  try {
    return reportOf(failedIds(await work(), ids));
  } catch (error) {
    const { code, message, cause } = toFailure(error);
    const stack = cause instanceof Error ? cause.stack : undefined;
    log({ event: "batch", messages: ids.length, failed: ids.length, code, message, stack });
    return reportOf(ids);
  }
}

function failedIds(answer: unknown, ids: readonly string[]): string[] {
  const result = v.safeParse(AnswerSchema, answer);
  if (!result.success) throw new Error(expected("a list of batch item failures", "the answer", answer));
  const failed = result.output.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const stranger = failed.find((id) => !ids.includes(id));
  if (stranger !== undefined) throw new Error(expected("a message of the batch", "itemIdentifier", stranger));
  return failed;
}

function reportOf(ids: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: [...new Set(ids)].map((itemIdentifier) => ({ itemIdentifier })) };
}
