// The execution environments of one function. Whoever polls for it first takes a place here, so that no message is received
// that nothing is free to work on. A place is the right to one environment; its process starts with its first invocation.

import { type FunctionConfiguration, type Invocation, type Log, ThrottledError } from "../function.ts";
import { functionNotFound } from "../refusals.ts";
import {
  type Environment,
  type EnvironmentOptions,
  startEnvironment,
  type TracedInvocation,
} from "./environment.ts";
import type { Surroundings } from "./environment-variables.ts";
import { continueTrace } from "./lineage.ts";
import { createPlaces } from "./places.ts";

export interface Place {
  /** Rejects with a ThrottledError over the reserved concurrency, with a FunctionError after an invocation without an answer. */
  invoke(invocation: Invocation): Promise<string>;
  leave(): void;
}

export interface Pool {
  /** Waits in line for a place. Rejects when the signal is aborted. */
  take(signal: AbortSignal): Promise<Place>;
  /** Of its own, without a queue: refused at once over the reserved concurrency, else it waits in line. */
  invoke(invocation: Invocation, signal: AbortSignal): Promise<string>;
  /** Aborted while others wait for a place: whoever only waits for messages should leave. */
  wanted(): AbortSignal;
  /** Environments with the earlier configuration end after what they are at; resolves when all have. */
  configure(configuration: FunctionConfiguration, surroundings: Surroundings): Promise<void>;
  /** Refuses what comes from now on; resolves when nothing of it runs any more. */
  retire(): Promise<void>;
  configuration(): FunctionConfiguration;
  kill(): void;
}

export interface PoolOptions extends EnvironmentOptions {
  maximumEnvironments: number;
  log: Log;
}

export function createPool(
  configuration: FunctionConfiguration,
  surroundings: Surroundings,
  { maximumEnvironments, log, ...options }: PoolOptions,
): Pool {
  const places = createPlaces(maximumEnvironments);
  const running = new Set<Environment>();
  const runs = new Set<Promise<string>>();
  let idle: Environment[] = [];
  let current = { configuration, surroundings };
  let isKilled = false;
  let isRetired = false;

  function throttle(): void {
    const { reservedConcurrency = Number.POSITIVE_INFINITY } = current.configuration;
    if (runs.size >= reservedConcurrency) throw new ThrottledError("Rate Exceeded.");
  }

  async function invoke(invocation: Invocation): Promise<string> {
    if (isRetired) throw functionNotFound(current.configuration.arn);
    throttle();
    const trace = continueTrace(invocation.traces ?? [], current.configuration.arn);
    const one = run({ ...invocation, trace }).finally(() => runs.delete(one));
    runs.add(one);
    return await one;
  }

  async function run(invocation: TracedInvocation): Promise<string> {
    const from = current;
    idle = idle.filter((environment) => environment.isAlive());
    const environment =
      idle.pop() ?? (await startEnvironment(from.configuration, from.surroundings, log, options));
    running.add(environment);
    if (isKilled) environment.kill();
    try {
      return await environment.invoke(invocation);
    } finally {
      running.delete(environment);
      if (from !== current) environment.kill();
      if (environment.isAlive()) idle.push(environment);
    }
  }

  function killIdle(): void {
    for (const environment of idle) environment.kill();
    idle = [];
  }

  async function replace(next: typeof current): Promise<void> {
    current = next;
    killIdle();
    await Promise.allSettled(runs);
  }

  return {
    async take(signal) {
      const leave = await places.take(signal);
      return { invoke, leave };
    },
    async invoke(invocation, signal) {
      throttle();
      const leave = await places.take(signal);
      return await invoke(invocation).finally(leave);
    },
    wanted: places.wanted,
    configure: (newConfiguration, newSurroundings) =>
      replace({ configuration: newConfiguration, surroundings: newSurroundings }),
    async retire() {
      isRetired = true;
      await replace({ ...current });
    },
    configuration: () => current.configuration,
    kill() {
      isKilled = true;
      for (const environment of running) environment.kill();
      killIdle();
    },
  };
}
