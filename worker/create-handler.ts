// The function's handler, from what the deployment says. What lives as long as the execution environment is made here,
// once; what belongs to one invocation, within.
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { expected } from "../settings/problem.ts";
import type { Variant } from "../settings/variant.ts";
import { createClients } from "./aws/clients.ts";
import { type Fence, fenceOf } from "./aws/fence.ts";
import { createMessageQueue } from "./aws/message-queue.ts";
import { createObjectStore } from "./aws/object-store.ts";
import { answerTo } from "./batch/answer.ts";
import { processBatch } from "./batch/batch.ts";
import { type Deadline, startDeadline } from "./batch/deadline.ts";
import { createImageTimes } from "./batch/image-times.ts";
import { timeLimit } from "./batch/time-limit.ts";
import type { Environment } from "./environment.ts";
import type { Header } from "./inspect/header.ts";
import { inspect } from "./inspect/inspect.ts";
import { capacityOf, isolatedBytes } from "./isolation/capacity.ts";
import { createMemoryBudget } from "./isolation/memory-budget.ts";
import { createRenderers, type Renderers } from "./isolation/renderers.ts";
import { type Log, logToStdout } from "./log.ts";
import { createBatchMetrics } from "./metrics.ts";
import type { News, Tell } from "./outcomes/news.ts";
import { createTell } from "./outcomes/tell.ts";
import { type Job, reconcile } from "./reconcile/reconcile.ts";
import type { World } from "./reconcile/world.ts";
import { estimateMemoryBytes } from "./render/memory.ts";
import { workerVersion } from "./version.ts";

/** What settling takes when the deadline falls: a dead letter or a new visibility per message, with a repeat or two. */
const SETTLING_MS = 4000;

/** Of that, what it may take to tell that an image was given up. */
const TELLING_MS = 1500;

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** `rendererEntry`: the program that renders, a file. */
export async function createHandler(environment: Environment, rendererEntry: string): Promise<Handler> {
  const { recipe, sourceBucket, destinationBucket, maxReceiveCount } = environment;
  const { concurrency, limitBytes, renderBytes } = capacityOf(
    environment.memoryBytes,
    recipe.limits.maxBytes,
  );
  const clients = createClients();
  const queue = createMessageQueue(clients.sqs, environment.workQueueUrl, environment.deadLetterQueueUrl);
  const renderers = createRenderers({ entry: rendererEntry, limitBytes });
  const memory = createMemoryBudget(renderBytes);
  const imageTimes = createImageTimes();
  renderers.warmUp();
  const tellBehind = await tellerFor(environment);

  const settlement = {
    queue,
    maxReceiveCount,
    workerVersion,
    nowMs: Date.now,
    random: Math.random,
  };

  return async ({ Records: records }, context) => {
    if (!Array.isArray(records)) throw new Error(expected("a list", "Records", records));
    const deadline = startDeadline(context.getRemainingTimeInMillis() - SETTLING_MS);
    const { signal, remainingMs, throwIfOver } = deadline;
    const metrics = createBatchMetrics(records, context.functionName, Date.now, logToStdout);
    const renderUntil = renderIn(renderers, deadline, (milliseconds) => {
      imageTimes.add(milliseconds);
      metrics.addRenderMs(milliseconds);
    });
    const world = {
      source: createObjectStore(clients.s3, sourceBucket, throwIfOver),
      destination: createObjectStore(clients.s3, destinationBucket, throwIfOver),
      recipe,
      workerVersion,
      memory,
      nowMs: Date.now,
      tell: tellBehind?.(fenceOf(throwIfOver), metrics.log),
      signal,
      inspect,
      estimateMemoryBytes: neededBytes,
    };
    const batch = {
      ...settlement,
      tellGivenUp: tellBehind && ((news: News) => tellBehind(briefly(), metrics.log)(news)),
      log: metrics.log,
      reconcile: (job: Job, reservedMs: number) =>
        reconcile(job, { ...world, render: renderUntil(reservedMs) }),
      sourceBucket,
      concurrency,
      imageTimes,
      remainingMs,
      signal,
    };
    const answer = await answerTo(records, () => processBatch(records, batch), metrics.log);
    metrics.lines().forEach(logToStdout);
    deadline.end();
    return answer;
  };
}

/** Loads what it takes to tell outcomes, where somebody wants to hear of them. */
async function tellerFor(environment: Environment) {
  const { catalogTable, eventsTopicArn, sourceBucket, destinationBucket } = environment;
  if (catalogTable === undefined && eventsTopicArn === undefined) return undefined;
  const { createListeners } = await import("./aws/listeners.ts");
  const listenersBehind = createListeners({ catalogTable, eventsTopicArn });
  const context = { sourceBucket, destinationBucket, workerVersion, nowMs: Date.now };
  return (fence: Fence, log: Log): Tell => createTell(listenersBehind(fence), { ...context, log });
}

function briefly(): Fence {
  return { abortSignal: AbortSignal.timeout(TELLING_MS) };
}

function neededBytes(header: Header, sourceBytes: number, variants: readonly Variant[]): number {
  return isolatedBytes(estimateMemoryBytes(header, sourceBytes, variants), sourceBytes);
}

function renderIn(
  renderers: Renderers,
  { remainingMs, signal }: Deadline,
  took: (milliseconds: number) => void,
) {
  const invocationMs = remainingMs();
  return (reservedMs: number): World["render"] =>
    async (source, header, variants, { anew = false, focalPoint } = {}) => {
      const startedMs = performance.now();
      const request = { source, header, variants, focalPoint };
      const bytes = neededBytes(header, source.length, variants);
      const limit = timeLimit(invocationMs, remainingMs() - reservedMs);
      const rendered = await renderers.render(request, { ...limit, bytes, anew, signal });
      took(performance.now() - startedMs);
      return rendered;
    };
}
