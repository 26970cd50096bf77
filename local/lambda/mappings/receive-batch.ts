// Gathers the messages of one invocation: a long poll for the first, then, within the batching window, until the batch is
// full. A poll is cut short without loss: in this process an aborted ReceiveMessage answers at once with what it has.
import { type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

const MAX_PER_RECEIVE = 10;
const MAX_WAIT_SECONDS = 20;
/** A body of 1 MiB may double when it becomes a JSON string: enough messages for an event of 6 MB, and not many more. */
const ENOUGH_BODY_BYTES = 5 * 1024 * 1024;

export interface BatchRequest {
  sqs: SQSClient;
  queueUrl: string;
  batchSize: number;
  batchWindowSeconds: number;
  /** How long to wait for a first message. */
  patienceSeconds: number;
  /** Ends the wait for a first message; when aborted already, the queue is asked once. */
  impatience: AbortSignal;
  closing: AbortSignal;
}

export async function receiveBatch(request: BatchRequest): Promise<Message[]> {
  const { batchSize, batchWindowSeconds, patienceSeconds, impatience, closing, ...queue } = request;
  const first = impatience.aborted
    ? { waitSeconds: 0, signal: closing }
    : {
        waitSeconds: Math.min(Math.ceil(patienceSeconds), MAX_WAIT_SECONDS),
        signal: AbortSignal.any([impatience, closing, AbortSignal.timeout(patienceSeconds * 1000)]),
      };
  const batch = await receive({ ...queue, ...first, most: batchSize });
  if (batch.length === 0) return batch;
  const windowEndMs = Date.now() + batchWindowSeconds * 1000;
  while (batch.length < batchSize && bodyBytes(batch) < ENOUGH_BODY_BYTES) {
    const leftMs = windowEndMs - Date.now();
    if (leftMs <= 0 || closing.aborted) break;
    const waitSeconds = Math.min(Math.ceil(leftMs / 1000), MAX_WAIT_SECONDS);
    const signal = AbortSignal.any([AbortSignal.timeout(leftMs), closing]);
    batch.push(...(await receive({ ...queue, most: batchSize - batch.length, waitSeconds, signal })));
  }
  return batch;
}

interface Receive {
  sqs: SQSClient;
  queueUrl: string;
  most: number;
  waitSeconds: number;
  signal: AbortSignal;
}

async function receive({ sqs, queueUrl, most, waitSeconds, signal }: Receive): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(most, MAX_PER_RECEIVE),
    WaitTimeSeconds: waitSeconds,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  const { Messages = [] } = await sqs.send(command, { abortSignal: signal }).catch(unlessAborted);
  return Messages;
}

/** The SDK says so instead of what it was refused for, when it is cut short meanwhile. The next poll hears why. */
function unlessAborted(error: Error): { Messages?: Message[] } {
  if (error.name === "AbortError") return {};
  throw error;
}

function bodyBytes(messages: readonly Message[]): number {
  return messages.reduce((sum, { Body = "" }) => sum + Buffer.byteLength(Body), 0);
}
