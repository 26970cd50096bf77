// Sends dead letters back to work: those that are asked for, and only those.
//
//   dead letter ──copy sent to the queue──► both are there ──dead letter deleted──► the copy alone
//
// Killed at any point, nothing is lost: at worst a letter is sent again by the next redrive, and work that is done
// already costs one look. Two redrives at once do the same to each other, at worst.
import { type MessageAttributeValue, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { type DeadLetterFilter, matches } from "./dead-letter-filter.ts";
import { type DeadLetter, removeDeadLetters, scanDeadLetters } from "./dead-letters.ts";
import { createPacer } from "./pacer.ts";
import type { Target } from "./target.ts";

export interface RedriveOptions {
  filter?: DeadLetterFilter;
  limit?: number | undefined;
  ratePerSecond?: number | undefined;
  /** A letter that was redriven so often is left where it is. */
  maxRedrives?: number;
  waitSeconds?: number;
  /** Aborted: what is under way is finished, and the result says how far it came. */
  signal?: AbortSignal;
  onProgress?(redriven: number): void;
}

export interface Redrive {
  redriven: DeadLetter[];
  /** Sent, but their dead letters could not be deleted: the next redrive sends them again, which is harmless. */
  undeleted: DeadLetter[];
  /** The queue did not take them: they are still dead letters. */
  refused: { letter: DeadLetter; problem: string }[];
  /** Redriven too often already. */
  guarded: DeadLetter[];
}

export const DEFAULT_MAX_REDRIVES = 3;

type Queues = Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl" | "deadLetterQueueUrl">;

export async function redrive(target: Queues, options: RedriveOptions = {}): Promise<Redrive> {
  const { filter = {}, limit = Number.POSITIVE_INFINITY, maxRedrives = DEFAULT_MAX_REDRIVES } = options;
  const { signal, waitSeconds = 1, ratePerSecond } = options;
  const result: Redrive = { redriven: [], undeleted: [], refused: [], guarded: [] };
  const removed = new Set<string>();
  const pacer = createPacer(ratePerSecond, signal);
  const returned = createReturnedCheck();
  for await (const page of scanDeadLetters(target, { waitSeconds, removed })) {
    const matching = page.filter((letter) => matches(letter, filter) && !returned.isOneOf(letter));
    const allowed = matching.filter(({ redriveCount }) => redriveCount < maxRedrives);
    result.guarded.push(...matching.filter(({ redriveCount }) => redriveCount >= maxRedrives));
    for (const batch of batchesOf(allowed.slice(0, limit - result.redriven.length), pacer.batchSize)) {
      await pacer.admit(batch.length);
      if (signal?.aborted) return result;
      await sendThenDelete(target, batch, { result, removed });
      for (const letter of batch) returned.expect(letter);
      options.onProgress?.(result.redriven.length);
    }
    if (signal?.aborted || result.redriven.length >= limit) break;
  }
  return result;
}

async function sendThenDelete(
  target: Queues,
  letters: readonly DeadLetter[],
  { result, removed }: { result: Redrive; removed: Set<string> },
): Promise<void> {
  const { sqs, workQueueUrl, backfillQueueUrl = workQueueUrl } = target;
  const { Successful = [], Failed = [] } = await sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: backfillQueueUrl,
      Entries: letters.map((letter, index) => ({
        Id: `${index}`,
        MessageBody: letter.body,
        MessageAttributes: attributesOf(letter),
      })),
    }),
  );
  const sent = Successful.flatMap(({ Id }) => letters[Number(Id)] ?? []);
  for (const { Id, Code = "", Message = "" } of Failed) {
    const letter = letters[Number(Id)];
    if (letter) result.refused.push({ letter, problem: `${Code}: ${Message}` });
  }
  const gone = new Set(await removeDeadLetters(target, sent));
  for (const messageId of gone) removed.add(messageId);
  result.redriven.push(...sent);
  result.undeleted.push(...sent.filter(({ messageId }) => !gone.has(messageId)));
}

/** What the worker wrote about the last failure: the next one, which SQS may have to move, must not claim it. */
const OF_THE_FAILURE = new Set([
  ...[
    "ReasonCode",
    "ReasonMessage",
    "SourceKey",
    "ReceiveCount",
    "WorkerVersion",
    "FailedAt",
    "RedriveCount",
  ],
]);

function attributesOf({ attributes, redriveCount }: DeadLetter): Record<string, MessageAttributeValue> {
  const foreign = Object.entries(attributes).filter(([name]) => !OF_THE_FAILURE.has(name));
  return {
    ...Object.fromEntries(foreign.map(([name, value]) => [name, copyOf(value)])),
    RedriveCount: { DataType: "String", StringValue: String(redriveCount + 1) },
  };
}

function copyOf({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttributeValue {
  return {
    DataType,
    ...(StringValue !== undefined && { StringValue }),
    ...(BinaryValue !== undefined && { BinaryValue }),
  };
}

/** Redriven work that fails at once is back before the scan has ended: it is not sent round in circles. */
function createReturnedCheck() {
  const redriveCounts = new Map<string, number>();
  return {
    expect: ({ body, redriveCount }: DeadLetter) => redriveCounts.set(body, redriveCount + 1),
    isOneOf: ({ body, redriveCount }: DeadLetter) =>
      redriveCount >= (redriveCounts.get(body) ?? Number.POSITIVE_INFINITY),
  };
}

/** SQS takes 1 MiB in one request; attributes and their names count, so some is left for them. */
const MAX_BATCH_BYTES = 1_000_000;

/** One body alone may be larger than that: then it travels alone. */
function batchesOf(letters: readonly DeadLetter[], batchSize: number): DeadLetter[][] {
  const batches: DeadLetter[][] = [];
  let bytes = 0;
  for (const letter of letters) {
    const size = Buffer.byteLength(letter.body);
    const batch = batches.at(-1);
    const hasRoom = batch !== undefined && batch.length < batchSize && bytes + size <= MAX_BATCH_BYTES;
    if (hasRoom) batch.push(letter);
    else batches.push([letter]);
    bytes = hasRoom ? bytes + size : size;
  }
  return batches;
}
