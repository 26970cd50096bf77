// A child process that renders one image at a time, so that whatever happens in it has one image to blame.
//
//   starting ──ready──► idle ──render──► busy ──answer──► idle
//       └─────────────────┴────────────────┴── crash, kill ──► dead, for good
//
// Threads would not do: neither sharp's own time-out nor worker.terminate() nor process.exit() stops a decode that is
// stuck, and a crash or an exhausted memory takes all threads along.
import { fork } from "node:child_process";
import { Failure, type FailureCode } from "../failure.ts";
import type { Rendered } from "../render/render.ts";
import type { RendererMessage, RenderRequest } from "./protocol.ts";

/**
 * All that a renderer is told about its surroundings: no credentials, no names of buckets and queues. (Whoever takes a
 * renderer over is still the same user on the same machine: this is no sandbox.)
 */
const ENVIRONMENT = {
  VIPS_BLOCK_UNTRUSTED: "1",
  // Two arenas instead of eight per core: a quarter to two fifths less resident memory at the same speed.
  MALLOC_ARENA_MAX: "2",
};

export interface RendererProcess {
  readonly pid: number | undefined;
  isAlive(): boolean;
  /** Rejects with a Failure: the renderer's own, the one it was killed with, or RENDER_CRASHED. */
  render(request: RenderRequest): Promise<Rendered>;
  /** At once, whatever it is at. What it renders fails with `reason` once the process, and its memory, are gone. */
  kill(reason: Failure): void;
}

export function startRenderer(entry: string): RendererProcess {
  const child = fork(entry, {
    env: ENVIRONMENT,
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ready = Promise.withResolvers<void>();
  ready.promise.catch(() => {}); // nobody may be waiting for it
  let answer: PromiseWithResolvers<Rendered> | undefined;
  let death: Failure | undefined;
  let killedFor: Failure | undefined;
  let isReady = false;

  function setBusy(isBusy: boolean): void {
    // A renderer that is idle keeps nobody from exiting; one that is busy is waited for.
    for (const handle of [child, child.channel]) isBusy ? handle?.ref() : handle?.unref();
  }

  function die(what: string, code: FailureCode = "RENDER_CRASHED"): void {
    if (death) return;
    // Without sharp's library, say, no renderer ever starts: no image is to blame for that.
    death = killedFor ?? new Failure(isReady ? code : "UNKNOWN", `The renderer ${what}.`);
    child.kill("SIGKILL");
    ready.reject(death);
    answer?.reject(death);
  }

  child.on("message", (message: RendererMessage) => {
    if (message.kind === "ready") {
      isReady = true;
      ready.resolve();
    } else if (message.kind === "rendered") {
      answer?.resolve(message.rendered);
    } else {
      answer?.reject(failureOf(message));
    }
  });
  child.on("error", (error) => die(`failed: ${error.message}`));
  child.on("exit", (code, signal) => {
    // Who else would kill it: the kernel, when memory runs out.
    die(
      `ended with ${signal ?? `exit code ${code}`}`,
      signal === "SIGKILL" ? "MEMORY_BUDGET" : "RENDER_CRASHED",
    );
  });
  setBusy(false);

  return {
    pid: child.pid,
    isAlive: () => death === undefined && killedFor === undefined,
    async render(request) {
      setBusy(true);
      try {
        await ready.promise;
        if (death) throw death;
        answer = Promise.withResolvers<Rendered>();
        // Unreachable: its exit, if not behind us, says why.
        child.send(request, (error) => error && child.kill("SIGKILL"));
        return await answer.promise;
      } finally {
        answer = undefined;
        setBusy(false);
      }
    },
    kill(reason) {
      killedFor ??= reason;
      child.kill("SIGKILL");
    },
  };
}

function failureOf({ code, message, stack }: Extract<RendererMessage, { kind: "failed" }>): Failure {
  if (stack === undefined) return new Failure(code, message);
  const cause = Object.assign(new Error(message), { stack });
  return new Failure(code, message, { cause });
}
