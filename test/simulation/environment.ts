// Lambda as the worker meets it: an execution environment that gets batch after batch. Each invocation is a process that
// may die or stand still; what the worker does not report back is deleted, and nothing else is.
import { processBatch } from "../../worker/batch/batch.ts";
import { createImageTimes, type ImageTimes } from "../../worker/batch/image-times.ts";
import { Failure } from "../../worker/failure.ts";
import { createMemoryBudget, type MemoryBudget } from "../../worker/isolation/memory-budget.ts";
import { type Job, reconcile } from "../../worker/reconcile/reconcile.ts";
import type { World } from "../../worker/reconcile/world.ts";
import { SOURCE_BUCKET } from "../support/records.ts";
import { watchDuplicates } from "./duplicates.ts";
import { estimateMemoryBytes, MEMORY_BYTES } from "./images.ts";
import { remoteTell } from "./listeners.ts";
import { Process } from "./process.ts";
import { remoteStore, type Trace } from "./remote-store.ts";
import { renderingFor } from "./rendering.ts";
import type { Simulated } from "./simulated.ts";
import { type Receive, recordOf } from "./work-queue.ts";

const BATCH = 10;
const TIMEOUT_MS = 60_000;
/** As settings/derived.ts does it. */
const VISIBILITY_MS = 6 * TIMEOUT_MS;
/** As in worker/handler.ts: the signal falls while there is still time to settle. */
const SETTLING_MS = 4000;
export const MAX_RECEIVE_COUNT = 5;

/** What lives as long as the environment. */
interface Memory {
  budget: MemoryBudget;
  imageTimes: ImageTimes;
}

interface Invocation {
  simulated: Simulated;
  environment: number;
  memory: Memory;
  process: Process;
  batch: readonly Receive[];
  endMs: number;
}

export async function runEnvironment(simulated: Simulated, environment: number): Promise<never> {
  let memory = emptyMemory();
  for (;;) {
    const batch = await simulated.queue.receive(simulated.random.between(1, BATCH), VISIBILITY_MS);
    const isAlive = await invoke(simulated, environment, memory, batch);
    if (!isAlive) memory = emptyMemory();
  }
}

function emptyMemory(): Memory {
  return { budget: createMemoryBudget(MEMORY_BYTES), imageTimes: createImageTimes() };
}

/** Whether its environment survived. */
async function invoke(
  simulated: Simulated,
  environment: number,
  memory: Memory,
  batch: readonly Receive[],
): Promise<boolean> {
  const { scheduler, queue } = simulated;
  for (const message of batch) receive(simulated, message);
  const process = startProcess(simulated, environment, batch.length);
  const endMs = deadlineMs(simulated);
  const answer = runWorker({ simulated, environment, memory, process, batch, endMs });
  const timeout = scheduler.sleep(TIMEOUT_MS).then(() => "timeout" as const);
  const outcome = await Promise.race([answer, process.killed, timeout]);
  countAttempts(simulated, process, batch, outcome);
  if (typeof outcome === "string") {
    // Lambda kills what is over time, unless it is so frozen that it does not even notice.
    if (!process.isFrozen) process.kill();
    return false;
  }
  const reported = outcome.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const failed = simulated.mutation.failed(new Set(reported));
  for (const message of batch) {
    if (!failed.has(message.id) && !process.befalls("lostDelete")) queue.delete(message);
    if (failed.has(message.id)) judgeRetry(simulated, process, message);
  }
  return true;
}

function receive({ random, faults, counts, queue, scheduler, note }: Simulated, message: Receive): void {
  const { announcement, receives } = message;
  announcement.receivedMs = scheduler.nowMs();
  for (const { key } of announcement.about) note(key, `${message.id} is received, time ${receives}`);
  if (!random.chance(faults.twinReceive)) return;
  counts.twinReceive += 1;
  queue.showAgain(message);
}

function startProcess(simulated: Simulated, environment: number, messages: number): Process {
  const { scheduler, random, faults, counts, processes } = simulated;
  const process = new Process({
    name: `worker ${environment}`,
    scheduler,
    random,
    faults,
    counts,
    messages,
    visibilityMs: VISIBILITY_MS,
    fence: simulated.mutation.fence,
    deadlineMs: deadlineMs(simulated),
  });
  processes.add(process);
  return process;
}

function deadlineMs({ scheduler, mutation }: Simulated): number {
  return scheduler.nowMs() + (mutation.hasDeadline ? TIMEOUT_MS - SETTLING_MS : 10 * TIMEOUT_MS);
}

async function runWorker(invocation: Invocation) {
  const { simulated, environment, memory, process, batch, endMs } = invocation;
  const { scheduler, random, mutation } = simulated;
  const { signal } = process;
  const world = worldOf(invocation);
  const { imageTimes } = memory;
  const rendering = (reservedMs: number) =>
    renderingFor({ simulated, process, endMs, imageTimes }, reservedMs);
  try {
    return await processBatch(batch.map(recordOf), {
      maxReceiveCount: mutation.maxReceiveCount(MAX_RECEIVE_COUNT),
      reconcile: (job: Job, reservedMs: number) =>
        watchDuplicates(simulated, process, world, job.key, () =>
          reconcile(mutation.job(job), { ...world, ...rendering(reservedMs) }),
        ),
      queue: mutation.queue(remoteQueue(invocation)),
      tellGivenUp: remoteTell(simulated, process, world.workerVersion, false),
      sourceBucket: SOURCE_BUCKET,
      workerVersion: simulated.versionOf(environment).workerVersion,
      concurrency: 2,
      imageTimes,
      remainingMs: () => endMs - scheduler.nowMs(),
      signal,
      nowMs: scheduler.nowMs,
      random: random.next,
      log: ({ event, key, code }) => {
        if (key !== undefined) simulated.note(key, `${process.name} says ${event} ${code ?? ""}`);
      },
    });
  } finally {
    process.hasAnswered = true;
    process.end();
  }
}

function worldOf({ simulated, environment, memory, process }: Invocation): Omit<World, "inspect" | "render"> {
  const { source, destination, mutation } = simulated;
  const { signal } = process;
  const trace: Trace = ({ name }, request, key, answer) =>
    simulated.note(key, `${name} ${request} ${key} → ${answer}`);
  return {
    ...simulated.versionOf(environment),
    source: mutation.source(remoteStore(source, process, trace)),
    destination: mutation.destination(remoteStore(destination, process, trace)),
    memory: memory.budget,
    tell: remoteTell(simulated, process, simulated.versionOf(environment).workerVersion, true),
    nowMs: simulated.scheduler.nowMs,
    signal,
    estimateMemoryBytes,
  };
}

function remoteQueue({ simulated: { queue, ledger, note }, process, batch }: Invocation) {
  return {
    async sendToDeadLetters(body: string, attributes: Record<string, string>) {
      if (process.befalls("deadLetterQueueAway")) throw new Failure("STORE_UNAVAILABLE", "503");
      await process.request(() => {
        note(attributes.SourceKey ?? "", `${process.name} sends a dead letter: ${attributes.ReasonCode}`);
        const receipts = batch.filter(({ announcement }) => announcement.body === body);
        for (const { receipt } of receipts) ledger.copied(body, receipt, process.startedMs, attributes);
      }, false);
    },
    async delete({ receiptHandle }: { receiptHandle: string }) {
      if (process.befalls("lostDelete")) throw new Failure("STORE_UNAVAILABLE", "503");
      const done = batch.find(({ receipt }) => receipt === receiptHandle);
      await process.request(() => done && queue.delete(done), false);
    },
    async delayNextReceive({ receiptHandle }: { receiptHandle: string }, seconds: number) {
      if (process.befalls("visibilityUnchanged")) throw new Failure("STORE_UNAVAILABLE", "503");
      await process.request(() => queue.changeVisibility(receiptHandle, seconds * 1000), false);
    },
  };
}

function countAttempts(
  { attempts, note }: Simulated,
  process: Process,
  batch: readonly Receive[],
  outcome: { batchItemFailures: unknown[] } | "killed" | "timeout",
): void {
  attempts.attempts += batch.length;
  if (outcome === "killed") attempts.crashed += batch.length;
  if (process.wasFrozen) attempts.frozen += batch.length;
  else if (outcome === "timeout") attempts.timedOut += batch.length;
  if (typeof outcome === "object") attempts.retried += outcome.batchItemFailures.length;
  const end = typeof outcome === "string" ? `is ${outcome}` : "answers";
  for (const { announcement } of batch) {
    for (const { key } of announcement.about) note(key, `${process.name} ${end}`);
  }
}

/**
 * A receive is wasted when the worker had read the whole of an image that can only be rejected, nothing had befallen its
 * process, its time was not over, and the message was nevertheless not rejected.
 */
function judgeRetry({ owner, findings }: Simulated, process: Process, { announcement }: Receive): void {
  if (process.injected > 0 || process.wasOverTime || announcement.about.length > 1) return;
  const [{ key } = { key: "" }] = announcement.about;
  const content = owner.histories.get(key)?.at(-1)?.content?.toString();
  if (content !== undefined && process.sawHopeless.has(content)) findings.wastedReceives.push(key);
}
