// Renderers as the worker meets them: they take time, and some images are their end. What is real here is the time limit.
import { type TimeLimit, timeLimit } from "../../worker/batch/time-limit.ts";
import { Failure } from "../../worker/failure.ts";
import type { World } from "../../worker/reconcile/world.ts";
import { inspect, type Kind, kindOf, REJECTED_FOR, render } from "./images.ts";
import type { Process } from "./process.ts";
import type { Simulated } from "./simulated.ts";

interface Surroundings {
  simulated: Simulated;
  process: Process;
  /** When the invocation's time is over. */
  endMs: number;
  imageTimes: { add(renderMs: number): void };
}

type Rendering = Pick<World, "inspect" | "render">;

/** `reservedMs`: what must be left of the time, for others, when it is done. */
export function renderingFor(surroundings: Surroundings, reservedMs: number): Rendering {
  const { simulated, process, endMs, imageTimes } = surroundings;
  const { nowMs } = simulated.scheduler;
  return {
    inspect(bytes) {
      const text = Buffer.from(bytes).toString();
      if (["corrupt", "huge"].includes(kindOf(text))) process.sawHopeless.add(text);
      return inspect(bytes);
    },
    async render(bytes, header, variants, { anew = false } = {}) {
      const text = Buffer.from(bytes).toString();
      const kind = kindOf(text);
      const startedMs = nowMs();
      const limit = timeLimit(endMs - process.startedMs, endMs - reservedMs - startedMs);
      const neededMs = neededMsFor(kind, simulated);
      await process.work(Math.max(0, Math.min(neededMs, limit.milliseconds)));
      const isOver = neededMs > limit.milliseconds;
      const failure = isOver ? outOf(limit) : endOfRenderer(kind, anew, process);
      const isVerdict = failure?.code === REJECTED_FOR[kind] && (anew || kind === "hanging");
      if (failure && isVerdict) process.sawHopeless.add(text);
      if (failure) throw failure;
      imageTimes.add(neededMs);
      if (process.befalls("renderBug")) throw new Error("Something nobody has thought of.");
      return render(bytes, header, variants);
    },
  };
}

function neededMsFor(kind: Kind, { random }: Simulated): number {
  if (kind === "hanging") return Number.POSITIVE_INFINITY;
  return kind === "slow" ? random.between(8000, 18_000) : random.between(100, 1500);
}

/** As in worker/isolation/renderers.ts, where time stands still with the environment. */
function outOf({ isWhole }: TimeLimit): Failure {
  return new Failure(isWhole ? "RENDER_TIMEOUT" : "OUT_OF_TIME", "Not rendered in time.");
}

/** By the image itself, time and again; or by others, which cannot be where it is alone in a new renderer. */
function endOfRenderer(kind: Kind, anew: boolean, process: Process): Failure | undefined {
  if (kind === "crashing" || (!anew && process.befalls("rendererCrash"))) {
    return new Failure("RENDER_CRASHED", "The renderer ended with SIGSEGV.");
  }
  if (kind === "greedy" || (!anew && process.befalls("memoryShort"))) {
    return new Failure("MEMORY_BUDGET", "The renderer ended with SIGKILL.");
  }
  return undefined;
}
