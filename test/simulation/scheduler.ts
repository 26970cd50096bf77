// Virtual time. Everything that takes time waits here, and one thing wakes up after the other, in the order of their
// times: between two wake-ups all that can run without waiting has run. Hours pass in milliseconds, the same every time.

interface Wake {
  atMs: number;
  /** Breaks ties, so that equal times keep the order in which they were asked for. */
  serial: number;
  wake(): void;
}

/** So often the event loop gets a turn, or Ctrl-C would never be heard. */
const WAKES_PER_TURN = 20_000;

export class Scheduler {
  #nowMs = 0;
  #serial = 0;
  #wakes = 0;
  readonly #heap: Wake[] = [];

  nowMs = (): number => this.#nowMs;

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.at(this.#nowMs + milliseconds, wake));
  }

  at(atMs: number, wake: () => void): void {
    this.#serial += 1;
    this.#push({ atMs, serial: this.#serial, wake });
  }

  /** Until `isDone`. That nothing waits any more before that is a deadlock, and an error. */
  async run(isDone: () => boolean): Promise<void> {
    await turn();
    while (!isDone()) {
      const next = this.#pop();
      if (!next) throw new Error("Expected somebody to wait for something, but received nobody.");
      this.#nowMs = next.atMs;
      next.wake();
      this.#wakes += 1;
      await (this.#wakes % WAKES_PER_TURN === 0 ? turn() : settle());
    }
  }

  #push(wake: Wake): void {
    const heap = this.#heap;
    let index = heap.push(wake) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(wake, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = wake;
  }

  #pop(): Wake | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Wake, b: Wake): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.serial < b.serial);
}

/**
 * Every promise that could go on without waiting has: asked for from a microtask, a tick comes when none is left.
 * Several times cheaper than a turn of the event loop.
 */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
