// The Lambda function. What lives as long as the execution environment is made here, once; the rest is in batch.ts.
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createClients } from "./aws/clients.ts";
import { createMessageQueue } from "./aws/message-queue.ts";
import { createObjectStore } from "./aws/object-store.ts";
import { processBatch } from "./batch.ts";
import { capacityOf } from "./capacity.ts";
import { startDeadline } from "./deadline.ts";
import { readEnvironment } from "./environment.ts";
import { createImageTimes } from "./image-times.ts";
import { inspect } from "./inspect/inspect.ts";
import { logToStdout } from "./log.ts";
import { createMemoryBudget } from "./memory-budget.ts";
import { reconcile } from "./reconcile.ts";
import { estimateMemoryBytes } from "./render/memory.ts";
import { render } from "./render/render.ts";
import { workerVersion } from "./version.ts";

/** What settling takes when the deadline falls: a dead letter or a new visibility per message, with a repeat or two. */
const SETTLING_MS = 4000;

const { recipe, sourceBucket, destinationBucket, maxReceiveCount, ...environment } = readEnvironment();
const capacity = capacityOf(environment.memoryBytes, recipe.limits.maxBytes);
const clients = createClients();
const queue = createMessageQueue(clients.sqs, environment.workQueueUrl, environment.deadLetterQueueUrl);
const memory = createMemoryBudget(capacity.renderBytes);
const imageTimes = createImageTimes();

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const deadline = startDeadline(context.getRemainingTimeInMillis() - SETTLING_MS);
  const { signal, remainingMs, throwIfOver } = deadline;
  const world = {
    source: createObjectStore(clients.s3, sourceBucket, throwIfOver),
    destination: createObjectStore(clients.s3, destinationBucket, throwIfOver),
    recipe,
    workerVersion,
    memory,
    signal,
    inspect,
    estimateMemoryBytes,
    render,
  };
  try {
    return await processBatch(event.Records, {
      reconcile: (job) => reconcile(job, world),
      queue,
      sourceBucket,
      maxReceiveCount,
      workerVersion,
      concurrency: capacity.concurrency,
      imageTimes,
      remainingMs,
      signal,
      nowMs: Date.now,
      random: Math.random,
      log: logToStdout,
    });
  } finally {
    deadline.end();
  }
}
