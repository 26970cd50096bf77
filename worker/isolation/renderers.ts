// The renderer processes of an execution environment. They live across invocations, are started on demand, and are as many
// as there were images at once; one that died is simply no longer there.

import type { TimeLimit } from "../batch/time-limit.ts";
import { Failure } from "../failure.ts";
import type { Rendered } from "../render/render.ts";
import { createMemoryGuard } from "./memory-guard.ts";
import type { RenderRequest } from "./protocol.ts";
import { type RendererProcess, startRenderer } from "./renderer-process.ts";

export interface RenderersOptions {
  /** The program of a renderer. */
  entry: string;
  /** For the worker and all its renderers together. */
  limitBytes: number;
}

/** What one image may take. Who had the whole time and needs more is RENDER_TIMEOUT, else only OUT_OF_TIME. */
export interface Allowance extends TimeLimit {
  /** Expected, not enforced: see memory-guard.ts. */
  bytes: number;
  /** In a renderer that no other image can have damaged. */
  anew: boolean;
  /** Aborted, with a Failure as its reason, when nobody waits for the image any more. */
  signal: AbortSignal;
}

export interface Renderers {
  /** Throws a Failure. Whatever becomes of the image, its renderer is idle or gone when this settles. */
  render(request: RenderRequest, allowance: Allowance): Promise<Rendered>;
  /** Starts the first renderer, so that it loads while there is nothing to do yet. */
  warmUp(): void;
  close(): void;
}

export function createRenderers({ entry, limitBytes }: RenderersOptions): Renderers {
  let idle: RendererProcess[] = [];
  const guard = createMemoryGuard(limitBytes, () => idle);

  function take({ anew }: Allowance): RendererProcess {
    idle = idle.filter((renderer) => renderer.isAlive());
    return (anew ? undefined : idle.pop()) ?? startRenderer(entry);
  }

  return {
    async render(request, allowance) {
      allowance.signal.throwIfAborted();
      if (allowance.milliseconds <= 0) throw outOf(allowance);
      const renderer = take(allowance);
      const unwatch = guard.watch(renderer, allowance.bytes);
      const untime = limitTime(renderer, allowance);
      try {
        return await renderer.render(request);
      } finally {
        untime();
        unwatch();
        if (renderer.isAlive()) idle.push(renderer);
      }
    },
    warmUp() {
      idle.push(startRenderer(entry));
    },
    close() {
      for (const renderer of idle) renderer.kill(new Failure("OUT_OF_TIME", "The worker ended."));
      idle = [];
    },
  };
}

/** Time is counted in so many ticks. Those missed while the whole environment stands still, renderer and all, never come. */
const TICKS = 20;

/** Kills what takes too long, and at the end of the invocation whatever it is at: frozen, it would wake up in the next. */
function limitTime(renderer: RendererProcess, allowance: Allowance): () => void {
  const { signal } = allowance;
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (ticks === TICKS) renderer.kill(outOf(allowance));
  }, allowance.milliseconds / TICKS);
  const abandon = () => renderer.kill(signal.reason);
  signal.addEventListener("abort", abandon, { once: true });
  return () => {
    clearInterval(timer);
    signal.removeEventListener("abort", abandon);
  };
}

function outOf({ milliseconds, isWhole }: Allowance): Failure {
  const time = `${Math.max(0, Math.round(milliseconds))} ms`;
  return isWhole
    ? new Failure("RENDER_TIMEOUT", `Not rendered within ${time}.`)
    : new Failure("OUT_OF_TIME", `Not rendered within the ${time} that were left.`);
}
