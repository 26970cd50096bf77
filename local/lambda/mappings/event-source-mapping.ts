// An event source mapping: pollers that receive from a queue and invoke the function. An ordinary client of SQS with the
// credentials of the function's role, as in AWS. How many there are is in pollers.ts and scaling.ts.
import { setTimeout as sleep } from "node:timers/promises";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Pool } from "../environments/pool.ts";
import { processBatch } from "./batch.ts";
import { type Pollers, startPollers } from "./pollers.ts";
import { receiveBatch } from "./receive-batch.ts";
import { awsRamp, type Limits, unboundRamp } from "./scaling.ts";

export interface MappingConfiguration extends Limits {
  id: string;
  functionArn: string;
  eventSourceArn: string;
  batchSize: number;
  batchWindowSeconds: number;
  reportBatchItemFailures: boolean;
  enabled: boolean;
}

export interface Mapping {
  /** Receives nothing more; resolves when the invocations under way have ended. */
  stop(): Promise<void>;
}

/** AWS's way of scaling, which on one machine nobody needs but who wants to see it. */
export interface Scaling {
  /** Its time goes so many times as fast. */
  timeScale: number;
}

interface MappingContext {
  queueUrl: string;
  /** The function and its role as they are now, for both may change, go and come. Throws while they are not there. */
  target(): { sqs: SQSClient; pool: Pool };
  scaling?: Scaling | undefined;
  /** What went wrong between SQS and the function. */
  report(problem: string): void;
}

/** How long a poller that stays lets others have its place when it finds nothing. */
const YIELD_MS = 500;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** The longest that SQS lets anybody wait. */
const LONG_POLL_SECONDS = 20;

export function startMapping(configuration: MappingConfiguration, context: MappingContext): Mapping {
  const { scaling } = context;
  const timeScale = scaling?.timeScale ?? 1;
  const closing = new AbortController();
  let failures = 0;

  async function poll(): Promise<void> {
    while (!closing.signal.aborted) {
      const found = await pollOnce().catch(fail);
      if (found !== "work" && pollers.mayLeave()) return;
      if (found === "made way") await pause(YIELD_MS);
      if (found === "failed") await pause(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS));
    }
  }

  async function pollOnce(): Promise<"work" | "nothing" | "made way"> {
    const { report, queueUrl } = context;
    const { sqs, pool } = context.target();
    const place = await pool.take(closing.signal);
    try {
      const poll = {
        ...{ ...configuration, sqs, queueUrl, closing: closing.signal },
        ...{ impatience: pool.wanted(), patienceSeconds: LONG_POLL_SECONDS / timeScale },
        batchWindowSeconds: configuration.batchWindowSeconds / timeScale,
      };
      const messages = await pollers.waiting(receiveBatch(poll));
      failures = 0;
      if (messages.length === 0) return poll.impatience.aborted ? "made way" : "nothing";
      pollers.found();
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

  const ramp = (scaling ? awsRamp : unboundRamp)(configuration);
  const pollers: Pollers = startPollers({ ramp, timeScale, poll });
  return {
    async stop() {
      closing.abort(new Error("The event source mapping was stopped"));
      await pollers.stop();
    },
  };
}
