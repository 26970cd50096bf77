// Keeps the execution environment from running out of memory, which would end all images of the batch at once: while
// anything is rendered, the resident memory of the worker and its renderers is summed up, and before the sum reaches what
// the function has, something is given up. First renderers that are idle, whose memory is a mere cache; then the one that
// has outgrown its estimate by most. A decoder that takes more than was thought but finds room is left alone.
import { Failure } from "../failure.ts";
import type { RendererProcess } from "./renderer-process.ts";
import { residentBytes } from "./resident-memory.ts";

/** A decoder touches new memory at some 1 to 2 GB/s, so this is up to 50 MB a look; a look takes 0.1 ms. */
const LOOK_EVERY_MS = 25;

export interface MemoryGuard {
  /** From now on until the returned function is called, `renderer` is busy with something thought to take `bytes`. */
  watch(renderer: RendererProcess, bytes: number): () => void;
}

export function createMemoryGuard(limitBytes: number, idle: () => readonly RendererProcess[]): MemoryGuard {
  const busy = new Map<RendererProcess, number>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const holders = [...idle(), ...busy.keys()]
      .filter((renderer) => renderer.isAlive())
      .map((renderer) => ({ renderer, bytes: residentBytes(renderer.pid) }));
    const total = holders.reduce((sum, { bytes }) => sum + bytes, residentBytes(process.pid));
    if (total <= limitBytes) return;
    // An idle one always comes before a busy one, which cannot exceed its estimate by more than the limit.
    const excess = ({ renderer, bytes }: (typeof holders)[number]) =>
      bytes - (busy.get(renderer) ?? -limitBytes);
    const [victim] = holders.toSorted((a, b) => excess(b) - excess(a));
    victim?.renderer.kill(
      new Failure("MEMORY_BUDGET", `Took ${victim.bytes} bytes to render, with all of ${limitBytes} in use.`),
    );
  }

  return {
    watch(renderer, bytes) {
      busy.set(renderer, bytes);
      timer ??= setInterval(look, LOOK_EVERY_MS).unref();
      return () => {
        busy.delete(renderer);
        if (busy.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
