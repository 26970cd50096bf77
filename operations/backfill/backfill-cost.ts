// What a backfill takes: messages, time and money, by the stack's own settings.

import { type Engine, lanesOf, readFunction, readMapping } from "../engine.ts";
import { DEFAULT_ACCOUNT_CONCURRENCY } from "../estimate/account-concurrency.ts";
import { type Cost, costOf } from "../estimate/cost.ts";
import { batchesOf, drainSeconds, provisionedMode, standardMode } from "../estimate/estimate.ts";
import { imageWork } from "../estimate/image-seconds.ts";
import { MAX_KEYS_PER_MESSAGE } from "../request-reconcile.ts";

export interface BackfillForecast {
  keysPerMessage: number;
  messages: number;
  /** Until the last one is done, at the rate that is asked for. */
  seconds: number;
  cost: Cost;
}

export interface ForecastOptions {
  keys: number;
  megapixels: number;
  ratePerSecond: number | undefined;
  signal?: AbortSignal;
}

/** As if each of them were rendered: what turns out to be up to date costs less. */
export async function forecastBackfill(
  engine: Engine,
  { keys, megapixels, ratePerSecond = Number.POSITIVE_INFINITY, signal }: ForecastOptions,
): Promise<BackfillForecast> {
  const facts = await readFunction(engine, signal);
  const lane = lanesOf(engine).at(-1) ?? "work";
  const mapping = await readMapping(engine, lane, signal);
  const work = imageWork(facts.recipe, megapixels);
  const keysPerMessage = keysThatFit(
    batchesOf(keys, facts, { ...work, imagesPerBatch: mapping.batchSize }),
    facts,
  );
  const imagesPerBatch = mapping.batchSize * keysPerMessage;
  const batches = batchesOf(keys, facts, { ...work, imagesPerBatch });
  const mode = (mapping.pollers ? provisionedMode : standardMode)(mapping, DEFAULT_ACCOUNT_CONCURRENCY);
  return {
    keysPerMessage,
    messages: Math.ceil(keys / keysPerMessage),
    seconds: Math.max(drainSeconds(batches, mode), keys / ratePerSecond),
    cost: costOf({ batches, work, facts, imagesPerMessage: keysPerMessage }),
  };
}

/**
 * What an invocation has no time to start goes back with one receive used up; so a batch of full messages must need no more
 * than half the time there is.
 */
function keysThatFit(
  { secondsPerBatch }: { secondsPerBatch: number },
  { timeoutSeconds }: { timeoutSeconds: number },
): number {
  return Math.max(1, Math.min(MAX_KEYS_PER_MESSAGE, Math.floor(timeoutSeconds / 2 / secondsPerBatch)));
}
