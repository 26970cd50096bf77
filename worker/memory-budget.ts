// Images are admitted while the sum of what they are expected to need fits the function's memory. First come, first
// served: a large image at the head waits for room and is not overtaken, or a stream of small ones would starve it.
import { Failure } from "./failure.ts";

export interface MemoryBudget {
  /** Runs `work` once `bytes` are free. Throws MEMORY_BUDGET at once when they never can be. */
  run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result>;
}

export function createMemoryBudget(totalBytes: number): MemoryBudget {
  const waiting: { bytes: number; admit: () => void }[] = [];
  let freeBytes = totalBytes;

  function admitFromHead(): void {
    for (let head = waiting[0]; head !== undefined && head.bytes <= freeBytes; head = waiting[0]) {
      waiting.shift();
      freeBytes -= head.bytes;
      head.admit();
    }
  }

  return {
    async run(bytes, work) {
      if (bytes > totalBytes) {
        throw new Failure(
          "MEMORY_BUDGET",
          `Needs about ${bytes} bytes to render; ${totalBytes} are available.`,
        );
      }
      await new Promise<void>((admit) => {
        waiting.push({ bytes, admit });
        admitFromHead();
      });
      try {
        return await work();
      } finally {
        freeBytes += bytes;
        admitFromHead();
      }
    },
  };
}
