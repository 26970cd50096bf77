// Everything a batch needs, with a clock that stands still until a test moves it.
import type { SQSRecord } from "aws-lambda";
import { type BatchDependencies, processBatch } from "../../worker/batch/batch.ts";
import { createImageTimes } from "../../worker/batch/image-times.ts";
import { Failure, type FailureCode } from "../../worker/failure.ts";
import type { LogLine } from "../../worker/log.ts";
import type { Outcome } from "../../worker/reconcile/outcome.ts";
import type { Job } from "../../worker/reconcile/reconcile.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { SOURCE_BUCKET } from "./records.ts";

export class Clock {
  #nowMs = Date.UTC(2026, 0, 1);
  readonly #endMs = this.#nowMs + 60_000;
  nowMs = () => this.#nowMs;
  remainingMs = () => this.#endMs - this.#nowMs;
  advance(milliseconds: number): void {
    this.#nowMs += milliseconds;
  }
}

export interface TestBatch extends BatchDependencies {
  queue: MemoryQueue;
  clock: Clock;
  lines: LogLine[];
  /** What was reconciled, in order. */
  jobs: Job[];
  /** The time that each of them had to leave. */
  reservedMs: number[];
}

export const RENDERED: Outcome = { event: "rendered", renditions: 3, bytesIn: 10, bytesOut: 5 };

/** `reconcile` decides how a source key goes; without it, every image is rendered. */
export function aBatch(
  fields: Partial<Omit<BatchDependencies, "reconcile" | "queue">> = {},
  reconcile: (key: string, clock: Clock) => Promise<Outcome> | Outcome = () => RENDERED,
): TestBatch {
  const clock = new Clock();
  const lines: LogLine[] = [];
  const jobs: Job[] = [];
  const reservedMs: number[] = [];
  return {
    queue: new MemoryQueue(),
    sourceBucket: SOURCE_BUCKET,
    maxReceiveCount: 5,
    workerVersion: "1.2.3",
    concurrency: 2,
    imageTimes: createImageTimes(),
    remainingMs: clock.remainingMs,
    signal: new AbortController().signal,
    nowMs: clock.nowMs,
    random: () => 0.5,
    log: (line) => lines.push(line),
    ...fields,
    reconcile: async (job, reserved) => {
      jobs.push(job);
      reservedMs.push(reserved);
      return reconcile(job.key, clock);
    },
    clock,
    lines,
    jobs,
    reservedMs,
  };
}

export function fail(code: FailureCode): never {
  throw new Failure(code, `Failed with ${code}.`);
}

/** Ids of the messages that come back. */
export async function failedIds(records: readonly SQSRecord[], batch: TestBatch): Promise<string[]> {
  const { batchItemFailures } = await processBatch(records, batch);
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}
