// Asks the worker to look at sources that are already there, as after a change of the settings. What is up to date
// costs it one look, and what waits in the backfill queue delays no new upload.
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { Target } from "./target.ts";

/** A request is one receive for all its keys, so they must fit into one invocation together. */
export const MAX_KEYS_PER_MESSAGE = 10;

/** SQS's limit for one request. */
const MESSAGES_PER_REQUEST = 10;

type Lanes = Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl">;

export interface RequestOptions {
  /** One, when absent: like S3's own events, it never takes longer than an image does. */
  keysPerMessage?: number;
  signal?: AbortSignal | undefined;
}

/** Throws when the queue did not take all of them: those it did take are looked at, and may be sent again. */
export async function requestReconcile(
  { sqs, workQueueUrl, backfillQueueUrl = workQueueUrl }: Lanes,
  keys: readonly string[],
  { keysPerMessage = 1, signal }: RequestOptions = {},
): Promise<void> {
  const messages = chunks(keys, keysPerMessage).map((some) =>
    JSON.stringify({ darkroom: "reconcile", keys: some }),
  );
  for (const some of chunks(messages, MESSAGES_PER_REQUEST)) {
    signal?.throwIfAborted();
    const Entries = some.map((MessageBody, index) => ({ Id: `${index}`, MessageBody }));
    const { Failed = [] } = await sqs.send(
      new SendMessageBatchCommand({ QueueUrl: backfillQueueUrl, Entries }),
    );
    const [failed] = Failed;
    if (failed)
      throw new Error(`The queue did not take ${Failed.length} messages: ${failed.Message ?? failed.Code}`);
  }
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
