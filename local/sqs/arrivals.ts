// Long polling: who waits at a queue is woken by an arrival, by the moment a hidden message becomes visible, or by neither
// until its time is up.
import { EventEmitter } from "node:events";
import type { Queue } from "./queues.ts";

export interface Arrivals {
  announce(queue: Queue): void;
  /** Resolves at an arrival, after so many milliseconds, or when the signal aborts. */
  wait(queue: Queue, milliseconds: number, signal: AbortSignal): Promise<void>;
}

export function createArrivals(): Arrivals {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    announce: ({ id }) => void emitter.emit(String(id)),
    wait: ({ id }, milliseconds, signal) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          emitter.off(String(id), done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        emitter.once(String(id), done);
        signal.addEventListener("abort", done, { once: true });
        if (signal.aborted) done();
      }),
  };
}
