// Stops and starts the work: what is in the queues stays there meanwhile, and what is under way is finished.
import { setTimeout as sleep } from "node:timers/promises";
import { UpdateEventSourceMappingCommand } from "@aws-sdk/client-lambda";
import { type Engine, idOf, type Lane, readMapping } from "./engine.ts";

export interface SwitchOptions {
  lanes: readonly Lane[];
  enabled: boolean;
  pollMs?: number;
  signal?: AbortSignal;
}

export interface Switched {
  lane: Lane;
  id: string;
  /** What it was before. */
  before: string;
  state: "Enabled" | "Disabled";
}

/** Resolves when each mapping is in the state that was asked for; rejects when it is aborted, or somebody else undid it. */
export async function switchMappings(
  engine: Engine,
  { lanes, enabled, pollMs = 1000, signal }: SwitchOptions,
): Promise<Switched[]> {
  return await Promise.all(lanes.map((lane) => switchMapping(engine, lane, { enabled, pollMs, signal })));
}

interface Wanted {
  enabled: boolean;
  pollMs: number;
  signal: AbortSignal | undefined;
}

async function switchMapping(engine: Engine, lane: Lane, wanted: Wanted): Promise<Switched> {
  const { enabled } = wanted;
  const state = enabled ? "Enabled" : "Disabled";
  const { state: before } = await settled(engine, lane, wanted);
  if (before !== state) {
    await engine.lambda.send(
      new UpdateEventSourceMappingCommand({ UUID: idOf(engine, lane), Enabled: enabled }),
    );
    const after = await settled(engine, lane, wanted);
    if (after.state !== state) {
      throw new Error(
        `The mapping of the ${lane} lane is ${after.state}: somebody else changed it meanwhile.`,
      );
    }
  }
  return { lane, id: idOf(engine, lane), before, state };
}

/** Lambda refuses to change a mapping that is changing. */
async function settled(engine: Engine, lane: Lane, { pollMs, signal }: Wanted) {
  while (true) {
    const mapping = await readMapping(engine, lane, signal);
    if (mapping.state === "Enabled" || mapping.state === "Disabled") return mapping;
    await sleep(pollMs, undefined, { ...(signal && { signal }) });
  }
}
