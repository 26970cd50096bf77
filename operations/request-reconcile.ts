// Asks the worker to look at sources that are already there, as after a change of the settings. What is up to date
// costs it one look.
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Target } from "./target.ts";

/** A request is one receive for all its keys; small ones spread over the worker's environments. */
const KEYS_PER_MESSAGE = 10;

export async function requestReconcile(
  { sqs, workQueueUrl }: Pick<Target, "sqs" | "workQueueUrl">,
  keys: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  for (let start = 0; start < keys.length; start += KEYS_PER_MESSAGE) {
    const body = { darkroom: "reconcile", keys: keys.slice(start, start + KEYS_PER_MESSAGE) };
    await sqs.send(new SendMessageCommand({ QueueUrl: workQueueUrl, MessageBody: JSON.stringify(body) }), {
      ...(signal && { abortSignal: signal }),
    });
  }
}
