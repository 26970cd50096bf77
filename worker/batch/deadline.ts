// The end of an invocation, a little early: the signal falls while there is still time to settle every message.
import { Failure } from "../failure.ts";

export interface Deadline {
  signal: AbortSignal;
  remainingMs(): number;
  /** By the clock: in a process that stood still, what it waited for may come back before the timer does. */
  throwIfOver(): void;
  /** Over, before time or not: whatever is still running finds the signal down. */
  end(): void;
}

export function startDeadline(milliseconds: number): Deadline {
  const endMs = Date.now() + milliseconds;
  const controller = new AbortController();
  const end = () => {
    clearTimeout(timer);
    controller.abort(new Failure("OUT_OF_TIME", "The invocation's time was over before the image was done."));
  };
  const timer = setTimeout(end, milliseconds);
  const remainingMs = () => endMs - Date.now();
  const throwIfOver = () => {
    if (remainingMs() <= 0) end();
    controller.signal.throwIfAborted();
  };
  return { signal: controller.signal, remainingMs, throwIfOver, end };
}
