// The end of an invocation, a little early: the signal falls while there is still time to settle every message.
import { Failure } from "./failure.ts";

export interface Deadline {
  signal: AbortSignal;
  remainingMs(): number;
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
  return { signal: controller.signal, remainingMs: () => endMs - Date.now(), end };
}
