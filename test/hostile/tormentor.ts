// Feeds files to a process, one at a time, and sees what happens to it: its answer, its death, or no answer at all.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** Nothing that the limits admit may take longer (measured: 3 s for the slowest, on a busy machine). */
const HANG_MS = 30_000;

export interface Verdict {
  /** "rendition", a failure code, or "HANG", "CRASH", "EXCEPTION", "SECOND NATURE": what must never be. */
  outcome: string;
  message?: string;
  elapsedMs: number;
  peakBytes: number;
}

export interface Tormentor {
  torment(bytes: Uint8Array): Promise<Verdict>;
  end(): void;
}

export function createTormentor(): Tormentor {
  let victim: ChildProcess | undefined;

  const start = () =>
    fork(new URL("fixtures/victim.ts", import.meta.url), {
      serialization: "advanced",
      stdio: ["ignore", 2, 2, "ipc"],
    });

  const end = () => {
    victim?.kill("SIGKILL");
    victim = undefined;
  };

  return {
    async torment(bytes) {
      victim ??= start();
      return verdictOf(victim, bytes, end);
    },
    end,
  };
}

async function verdictOf(victim: ChildProcess, bytes: Uint8Array, end: () => void): Promise<Verdict> {
  const startedMs = performance.now();
  const over = new AbortController();
  const lost = (outcome: string) => ({ outcome, elapsedMs: performance.now() - startedMs, peakBytes: 0 });
  const answer = once(victim, "message", { signal: over.signal }).then(([verdict]) => verdict as Verdict);
  const death = once(victim, "exit", { signal: over.signal }).then(([code, signal]) =>
    lost(`CRASH (${signal ?? code})`),
  );
  const timer = Promise.withResolvers<Verdict>();
  const alarm = setTimeout(() => timer.resolve(lost("HANG")), HANG_MS);
  victim.send(bytes);
  const verdict = await Promise.race([answer, death, timer.promise]);
  clearTimeout(alarm);
  over.abort();
  await Promise.allSettled([answer, death]);
  if (verdict.outcome === "HANG" || verdict.outcome.startsWith("CRASH")) end();
  return verdict;
}
