// Images are admitted while the sum of what they are expected to need fits the function's memory. First come, first
// served: a large image at the head waits for room and is not overtaken, or a stream of small ones would starve it.
// Only who asks for everything comes last, lest all others wait for it and for the slowest of those before it.
import { Failure } from "../failure.ts";

export interface MemoryBudget {
  /** Runs `work` once `bytes` are free. Throws MEMORY_BUDGET at once when they never can be. */
  run<Result>(bytes: number, work: () => Promise<Result>): Promise<Result>;
  /** Runs `work` once nothing else runs or waits. */
  runAlone<Result>(work: () => Promise<Result>): Promise<Result>;
}

interface Waiting {
  bytes: number;
  admit: () => void;
}

export function createMemoryBudget(totalBytes: number): MemoryBudget {
  const waiting: Waiting[] = [];
  const waitingForAll: Waiting[] = [];
  let freeBytes = totalBytes;

  const next = () => waiting[0] ?? waitingForAll[0];

  function admitFromHead(): void {
    for (let head = next(); head !== undefined && head.bytes <= freeBytes; head = next()) {
      (waiting.length > 0 ? waiting : waitingForAll).shift();
      freeBytes -= head.bytes;
      head.admit();
    }
  }

  async function runFrom<Result>(
    line: Waiting[],
    bytes: number,
    work: () => Promise<Result>,
  ): Promise<Result> {
    await new Promise<void>((admit) => {
      line.push({ bytes, admit });
      admitFromHead();
    });
    try {
      return await work();
    } finally {
      freeBytes += bytes;
      admitFromHead();
    }
  }

  return {
    async run(bytes, work) {
      if (bytes <= totalBytes) return runFrom(waiting, bytes, work);
      throw new Failure(
        "MEMORY_BUDGET",
        `Needs about ${bytes} bytes to render; ${totalBytes} are available.`,
      );
    },
    runAlone: (work) => runFrom(waitingForAll, totalBytes, work),
  };
}
