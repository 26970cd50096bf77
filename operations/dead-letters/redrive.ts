// Sends dead letters back to work: those that are asked for, and only those.
//
//   dead letter ──copy sent to the queue──► both are there ──dead letter deleted──► the copy alone
//
// Killed at any point, nothing is lost: the next redrive deletes what the journal says was sent, and at worst sends a
// few again; work that is done already costs one look. Two redrives at once do the same to each other, at worst.
import { setTimeout as sleep } from "node:timers/promises";
import { type MessageAttributeValue, SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { createPacer } from "../pacer.ts";
import type { Target } from "../target.ts";
import { type DeadLetterFilter, isOfUnknownVersion, matches } from "./dead-letter-filter.ts";
import {
  countHidden,
  type DeadLetter,
  HIDDEN_SECONDS,
  removeDeadLetters,
  scanDeadLetters,
} from "./dead-letters.ts";
import type { RedriveJournal } from "./redrive-journal.ts";

export interface RedriveOptions {
  filter?: DeadLetterFilter;
  limit?: number | undefined;
  ratePerSecond?: number | undefined;
  /** A letter that was redriven so often is left where it is. */
  maxRedrives?: number;
  journal?: Pick<RedriveJournal, "earlier" | "add"> | undefined;
  waitSeconds?: number;
  /** Aborted: what is under way is finished, and the result says how far it came. */
  signal?: AbortSignal;
  onProgress?(redriven: number): void;
  /** Some are in other hands: of another reader, or of one that was killed. They are waited for. */
  onHidden?(count: number): void;
  pollMs?: number;
  /** How long those are waited for. */
  hiddenMs?: number;
}

export interface Redrive {
  redriven: DeadLetter[];
  /** Sent, but their dead letters could not be deleted: the next redrive sends them again, which is harmless. */
  undeleted: DeadLetter[];
  /** The queue did not take them: they are still dead letters. */
  refused: { letter: DeadLetter; problem: string }[];
  /** Redriven too often already. */
  guarded: DeadLetter[];
  /** Nobody knows whether they failed in a worker from before `fixedIn`. */
  ofUnknownVersion: DeadLetter[];
  /** Nobody could look at so many, even after a while: others have them in hand. */
  hidden: number;
}

export const DEFAULT_MAX_REDRIVES = 3;

type Queues = Pick<Target, "sqs" | "workQueueUrl" | "backfillQueueUrl" | "deadLetterQueueUrl">;

export async function redrive(target: Queues, options: RedriveOptions = {}): Promise<Redrive> {
  const run = startRun(options);
  const { result, isOver } = run;
  const left = await redriveVisible(target, run);
  if (isOver()) return result;
  const hidden = await countHidden(target, left);
  if (hidden === 0) return result;
  options.onHidden?.(hidden);
  await untilNoneIsHidden(target, left, options);
  const leftThen = isOver() ? left : await redriveVisible(target, run);
  return { ...result, hidden: isOver() ? 0 : await countHidden(target, leftThen) };
}

type Run = ReturnType<typeof startRun>;

function startRun(options: RedriveOptions) {
  const { limit = Number.POSITIVE_INFINITY, ratePerSecond, signal, journal } = options;
  const result: Redrive = {
    ...{ redriven: [], undeleted: [], refused: [], guarded: [], ofUnknownVersion: [] },
    hidden: 0,
  };
  const earlier = journal?.earlier ?? [];
  return {
    options,
    result,
    limit,
    removed: new Set<string>(),
    pacer: createPacer(ratePerSecond, signal),
    returned: createReturnedCheck(earlier),
    sentBefore: new Set(earlier.map(({ messageId }) => messageId)),
    isOver: () => signal?.aborted === true || result.redriven.length >= limit,
  };
}

/** Resolves to how many it saw and left where they are. */
async function redriveVisible(target: Queues, run: Run): Promise<number> {
  const { options, result, limit, removed, pacer, returned, sentBefore, isOver } = run;
  const { filter = {}, maxRedrives = DEFAULT_MAX_REDRIVES, waitSeconds = 1, signal } = options;
  Object.assign(result, { refused: [], guarded: [], ofUnknownVersion: [] });
  const seen = new Set<string>();
  const left = () => [...seen].filter((messageId) => !removed.has(messageId)).length;
  for await (const page of scanDeadLetters(target, { waitSeconds, removed })) {
    for (const { messageId } of page) seen.add(messageId);
    const matching = page.filter((letter) => matches(letter, filter) && !returned.isOneOf(letter));
    const finished = matching.filter(({ messageId }) => sentBefore.has(messageId));
    for (const messageId of await removeDeadLetters(target, finished)) removed.add(messageId);
    result.undeleted = result.undeleted.filter(({ messageId }) => !removed.has(messageId));
    const unsent = matching.filter(({ messageId }) => !sentBefore.has(messageId));
    const allowed = unsent.filter(({ redriveCount }) => redriveCount < maxRedrives);
    result.guarded.push(...unsent.filter(({ redriveCount }) => redriveCount >= maxRedrives));
    result.ofUnknownVersion.push(...page.filter((letter) => isOfUnknownVersion(letter, filter)));
    for (const batch of batchesOf(allowed.slice(0, limit - result.redriven.length), pacer.batchSize)) {
      await pacer.admit(batch.length);
      if (signal?.aborted) return left();
      await sendThenDelete(target, batch, run);
      options.onProgress?.(result.redriven.length);
    }
    if (isOver()) break;
  }
  return left();
}

async function untilNoneIsHidden(
  target: Queues,
  left: number,
  { pollMs = 1000, hiddenMs = HIDDEN_SECONDS * 1000, signal }: RedriveOptions,
): Promise<void> {
  const endMs = performance.now() + hiddenMs + pollMs;
  while (signal?.aborted !== true && performance.now() < endMs && (await countHidden(target, left)) > 0) {
    await sleep(pollMs, undefined, { ...(signal && { signal }) }).catch(() => {});
  }
}

async function sendThenDelete(target: Queues, letters: readonly DeadLetter[], run: Run): Promise<void> {
  const { sqs, workQueueUrl, backfillQueueUrl = workQueueUrl } = target;
  const { options, result, removed, returned, sentBefore } = run;
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
  await options.journal?.add(sent);
  const gone = new Set(await removeDeadLetters(target, sent));
  for (const messageId of gone) removed.add(messageId);
  for (const letter of sent) {
    returned.expect(letter);
    sentBefore.add(letter.messageId);
  }
  result.redriven.push(...sent);
  result.undeleted.push(...sent.filter(({ messageId }) => !gone.has(messageId)));
}

/** What the worker wrote about the last failure: the next one, which SQS may have to move, must not claim it. */
const OF_THE_FAILURE = new Set([
  ...["ReasonCode", "ReasonMessage", "SourceKey", "ReceiveCount", "WorkerVersion", "FailedAt"],
  "RedriveCount",
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
function createReturnedCheck(earlier: readonly DeadLetter[]) {
  const redriveCounts = new Map<string, number>();
  const expect = ({ body, redriveCount }: DeadLetter) => redriveCounts.set(body, redriveCount + 1);
  for (const letter of earlier) expect(letter);
  return {
    expect,
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
