// How long so many images take: Lambda's scaling of SQS pollers as documented, nothing measured in AWS.
//
//   invocations at once ──start──► ramp, so many more a second ──► cap, until the queue is empty
import { CONCURRENCY_PER_POLLER } from "../../settings/derived.ts";
import { type FunctionFacts, type MappingFacts, STANDARD_CONCURRENCY } from "../engine.ts";

export interface Mode {
  start: number;
  rampPerSecond: number;
  cap: number;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const STANDARD = { start: 5, rampPerSecond: 300 / 60 };
const PROVISIONED = { rampPerSecond: 1000 / 60 };
/** Lambda's own. */
export const DEFAULT_POLLERS = { minimum: 2, maximum: 200 };

export function standardMode(
  { maximumConcurrency }: Pick<MappingFacts, "maximumConcurrency">,
  account: number,
): Mode {
  const cap = Math.min(STANDARD_CONCURRENCY, account, maximumConcurrency ?? STANDARD_CONCURRENCY);
  return { start: Math.min(STANDARD.start, cap), rampPerSecond: STANDARD.rampPerSecond, cap };
}

export function provisionedMode({ pollers }: Pick<MappingFacts, "pollers">, account: number): Mode {
  const { minimum, maximum } = pollers ?? DEFAULT_POLLERS;
  const cap = Math.min(account, CONCURRENCY_PER_POLLER * maximum);
  return {
    start: Math.min(cap, CONCURRENCY_PER_POLLER * minimum),
    rampPerSecond: PROVISIONED.rampPerSecond,
    cap,
  };
}

export interface Batches {
  images: number;
  /** In one invocation. */
  imagesPerBatch: number;
  secondsPerBatch: number;
}

/** One whole vCPU. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const MIB_PER_CORE = 1769;

export function batchesOf(
  images: number,
  { memoryMiB }: Pick<FunctionFacts, "memoryMiB">,
  { seconds, imagesPerBatch }: { seconds: number; imagesPerBatch: number },
): Batches {
  const cores = memoryMiB / MIB_PER_CORE;
  const atOnce = Math.max(1, Math.floor(cores));
  const eachSeconds = seconds / Math.min(1, cores);
  return { images, imagesPerBatch, secondsPerBatch: Math.ceil(imagesPerBatch / atOnce) * eachSeconds };
}

/** Until the last image is done; ideal: nothing fails, and nobody else uses the account. */
export function drainSeconds({ images, imagesPerBatch, secondsPerBatch }: Batches, mode: Mode): number {
  const count = Math.ceil(images / imagesPerBatch);
  if (count === 0) return 0;
  // When the last batch begins: monotonous, so that halving finds it.
  let [early, late] = [-PRECISION_SECONDS, rampSeconds(mode) + (count / mode.cap) * secondsPerBatch];
  while (late - early > PRECISION_SECONDS) {
    const middle = Math.max(0, (early + late) / 2);
    if (batchesBegun(middle, secondsPerBatch, mode) >= count) late = middle;
    else early = middle;
  }
  return late + secondsPerBatch;
}

const PRECISION_SECONDS = 0.001;

/** Whoever was there one batch ago, two ago and so on has begun another since: they take one after the other. */
function batchesBegun(seconds: number, secondsPerBatch: number, mode: Mode): number {
  const { start, rampPerSecond, cap } = mode;
  const sinceRamp = seconds - rampSeconds(mode);
  const afterRamp = sinceRamp < 0 ? 0 : Math.floor(sinceRamp / secondsPerBatch) + 1;
  let begun = afterRamp * cap;
  for (let ago = afterRamp; ago * secondsPerBatch <= seconds; ago++) {
    begun += start + Math.floor(rampPerSecond * (seconds - ago * secondsPerBatch));
  }
  return begun;
}

function rampSeconds({ start, rampPerSecond, cap }: Mode): number {
  return (cap - start) / rampPerSecond;
}
