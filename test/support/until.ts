// Waits for something that happens outside this process, as short as it takes. Fails, with what it waited for, after a bound.
import { setTimeout as pause } from "node:timers/promises";

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limitMs = 30_000,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`Expected that ${what} within ${limitMs} ms.`);
    await pause(10);
  }
}
