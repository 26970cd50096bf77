// The engine of a deployed pipeline: the function and the event source mappings that feed it, as Lambda describes them.
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { CONCURRENCY_PER_POLLER } from "../settings/derived.ts";
import type { Recipe } from "../settings/recipe.ts";
import { parseRecipe } from "../settings/settings.ts";

/** Of a mapping that has no limit of its own. */
export const STANDARD_CONCURRENCY = 1250;

export interface Engine {
  lambda: LambdaClient;
  functionName: string;
  /** By lane; there may be one lane only. */
  mappingIds: { work: string; backfill: string | undefined };
}

export type Lane = keyof Engine["mappingIds"];

export interface FunctionFacts {
  /** `Active` or `Inactive`, or on its way there, or `Failed`. */
  state: string;
  runtime: string;
  /** Of its code; another value is another version. */
  codeSha256: string;
  memoryMiB: number;
  timeoutSeconds: number;
  architecture: "arm64" | "x86_64";
  /** What the worker makes of an image now, whatever the settings here say. */
  recipe: Recipe;
  /** Whom it tells of outcomes. */
  tells: { catalog: boolean; events: boolean };
}

export interface MappingFacts {
  lane: Lane;
  id: string;
  /** `Enabled`, `Disabled`, or on its way to one of them. */
  state: string;
  queueArn: string;
  /** Of a function, a version of it, or an alias. */
  functionArn: string;
  batchSize: number;
  batchWindowSeconds: number;
  maximumConcurrency: number | undefined;
  pollers: { minimum: number; maximum: number } | undefined;
  /** Invocations at once at most. */
  concurrency: number;
  reportsItemFailures: boolean;
}

/** As the mappings call it: an alias that was moved back has other code and another recipe than what was deployed last. */
export async function readFunction(engine: Engine, signal?: AbortSignal): Promise<FunctionFacts> {
  const { functionArn } = await readMapping(engine, "work", signal);
  return await describeFunction(engine, functionArn, signal);
}

export async function readDeployedLast(engine: Engine, signal?: AbortSignal): Promise<FunctionFacts> {
  return await describeFunction(engine, engine.functionName, signal);
}

async function describeFunction(
  { lambda }: Engine,
  FunctionName: string,
  signal: AbortSignal | undefined,
): Promise<FunctionFacts> {
  const found = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }), {
    ...(signal && { abortSignal: signal }),
  });
  return {
    state: found.State ?? "",
    runtime: found.Runtime ?? "",
    codeSha256: found.CodeSha256 ?? "",
    memoryMiB: found.MemorySize ?? 0,
    timeoutSeconds: found.Timeout ?? 0,
    architecture: found.Architectures?.[0] ?? "x86_64",
    tells: {
      catalog: found.Environment?.Variables?.CATALOG_TABLE !== undefined,
      events: found.Environment?.Variables?.EVENTS_TOPIC_ARN !== undefined,
    },
    recipe: parseRecipe(found.Environment?.Variables?.DARKROOM_RECIPE ?? "{}", "DARKROOM_RECIPE"),
  };
}

export async function readMapping(engine: Engine, lane: Lane, signal?: AbortSignal): Promise<MappingFacts> {
  const id = idOf(engine, lane);
  const found = await engine.lambda.send(new GetEventSourceMappingCommand({ UUID: id }), {
    ...(signal && { abortSignal: signal }),
  });
  const { MinimumPollers, MaximumPollers } = found.ProvisionedPollerConfig ?? {};
  const maximumConcurrency = found.ScalingConfig?.MaximumConcurrency;
  const isProvisioned = MinimumPollers !== undefined && MaximumPollers !== undefined;
  return {
    lane,
    id,
    state: found.State ?? "",
    queueArn: found.EventSourceArn ?? "",
    functionArn: found.FunctionArn ?? "",
    batchSize: found.BatchSize ?? 0,
    batchWindowSeconds: found.MaximumBatchingWindowInSeconds ?? 0,
    maximumConcurrency,
    concurrency: isProvisioned
      ? CONCURRENCY_PER_POLLER * MaximumPollers
      : (maximumConcurrency ?? STANDARD_CONCURRENCY),
    pollers: isProvisioned ? { minimum: MinimumPollers, maximum: MaximumPollers } : undefined,
    reportsItemFailures: found.FunctionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
  };
}

export function lanesOf({ mappingIds }: Engine): Lane[] {
  return mappingIds.backfill === undefined ? ["work"] : ["work", "backfill"];
}

export function idOf({ mappingIds }: Engine, lane: Lane): string {
  const id = mappingIds[lane];
  if (id === undefined) throw new Error(`There is no ${lane} lane.`);
  return id;
}
