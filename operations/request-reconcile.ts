// Asks the worker to look at sources that are already there, as after a change of the settings. What is up to date
// costs it one look, and what waits in the backfill queue delays no new upload.
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Target } from "./target.ts";

/** A request is one receive for all its keys; small ones spread over the worker's environments. */
const KEYS_PER_MESSAGE = 10;

type Lanes = Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl">;

export async function requestReconcile(
  { sqs, workQueueUrl, backfillQueueUrl = workQueueUrl }: Lanes,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < keys.length; start += KEYS_PER_MESSAGE) {
    const body = { darkroom: "reconcile", keys: keys.slice(start, start + KEYS_PER_MESSAGE) };
    await sqs.send(
      new SendMessageCommand({ QueueUrl: backfillQueueUrl, MessageBody: JSON.stringify(body) }),
      {
        ...(signal && { abortSignal: signal }),
      },
    );
  }
}
