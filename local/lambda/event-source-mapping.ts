// An event source mapping: pollers that receive from a queue and invoke the function. An ordinary client of SQS with the
// credentials of the function's role, as in AWS. One poller always looks; each that finds work brings another, up to the
// maximum concurrency, and goes when it finds none.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { processBatch } from "./batch.ts";
import type { Pool } from "./pool.ts";
import { receiveBatch } from "./receive-batch.ts";

export interface MappingConfiguration {
  id: string;
  functionArn: string;
  eventSourceArn: string;
  batchSize: number;
  batchWindowSeconds: number;
  maximumConcurrency: number;
  /** In provisioned mode, which here only says how the maximum came about. */
  provisionedPollers?: { minimum: number; maximum: number };
  reportBatchItemFailures: boolean;
  enabled: boolean;
}

export interface Mapping {
  /** Receives nothing more; resolves when the invocations under way have ended. */
  stop(): Promise<void>;
}

interface MappingContext {
  sqs: SQSClient;
  queueUrl: string;
  pool: Pool;
  /** What went wrong between SQS and the function. */
  report(problem: string): void;
}

/** How long the last poller lets others have its place when it finds nothing. */
const YIELD_MS = 500;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

export function startMapping(configuration: MappingConfiguration, context: MappingContext): Mapping {
  const closing = new AbortController();
  const polling = new Set<Promise<void>>();
  let pollers = 0;
  let failures = 0;

  function addPoller(): void {
    if (closing.signal.aborted || pollers >= configuration.maximumConcurrency) return;
    pollers += 1;
    const poller = poll().finally(() => polling.delete(poller));
    polling.add(poller);
  }

  async function poll(): Promise<void> {
    while (!closing.signal.aborted) {
      const found = await pollOnce().catch(fail);
      if (found !== "work" && mayLeave()) return;
      if (found === "made way") await pause(YIELD_MS);
      if (found === "failed") await pause(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    }
  }

  /** Who leaves is counted out at once: of several that find nothing at the same moment, one must stay. */
  function mayLeave(): boolean {
    if (pollers === 1) return false;
    pollers -= 1;
    return true;
  }

  async function pollOnce(): Promise<"work" | "nothing" | "made way"> {
    const { pool, report, ...queue } = context;
    const place = await pool.take(closing.signal);
    try {
      const poll = { ...configuration, ...queue, impatience: pool.wanted(), closing: closing.signal };
      const messages = await receiveBatch(poll);
      failures = 0;
      if (messages.length === 0) return poll.impatience.aborted ? "made way" : "nothing";
      addPoller();
      await processBatch(messages, { ...poll, queueArn: configuration.eventSourceArn, place, report });
      return "work";
    } finally {
      place.leave();
    }
  }

  /** A denied or missing queue may come back: it is looked at again, ever less often, and reported once. */
  function fail(error: Error): "failed" {
    if (failures === 0 && !closing.signal.aborted) context.report(error.message);
    failures += 1;
    return "failed";
  }

  function pause(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {});
  }

  addPoller();
  return {
    async stop() {
      closing.abort(new Error("The event source mapping was stopped"));
      await Promise.all(polling);
    },
  };
}
