// Ctrl-C: the first one asks everything under way to stop, the second one kills.
import { EXIT_CODE } from "./exit-code.ts";

/**
 * A terminal sends SIGINT to every process in it, and npm passes it on as well: one Ctrl-C arrives twice.
 * https://github.com/npm/run-script/blob/main/lib/signal-manager.js
 */
const ECHO_MS = 500;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export interface Interruption {
  /** Aborted by the first signal. Until then, and after, the process lives as long as it has something to do. */
  signal: AbortSignal;
  /** From then on, signals end the process as they would any. */
  release(): void;
}

export function onInterruption(notify: () => void): Interruption {
  const controller = new AbortController();
  let interruptedAt: number | undefined;
  const interrupt = () => {
    const now = performance.now();
    if (interruptedAt !== undefined && now - interruptedAt > ECHO_MS) process.exit(EXIT_CODE.interrupted);
    if (interruptedAt !== undefined) return;
    interruptedAt = now;
    notify();
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, interrupt);
  };
  return { signal: controller.signal, release };
}

/** Resolves when the signal is aborted. */
export async function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  // A pending promise alone does not keep Node.js alive; a timer does.
  const alive = setInterval(() => {}, 2 ** 30);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  clearInterval(alive);
}
