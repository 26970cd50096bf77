// What the worker writes in local mode: kept in a file for whoever looks for the cause of something, and read for how
// long each source took.
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import * as v from "valibot";

const RenderedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ event: v.literal("rendered"), key: v.string(), elapsedMs: v.number() }),
);

export interface WorkerLog {
  /** Takes one line of the function's output, whatever it is. */
  write(line: string): void;
  elapsedMsOf(key: string): number | undefined;
  close(): Promise<void>;
}

/** Starts the file anew. */
export function createWorkerLog(path: string): WorkerLog {
  const file = createWriteStream(path);
  const elapsedMs = new Map<string, number>();
  return {
    write(line) {
      file.write(`${line}\n`);
      const result = v.safeParse(RenderedSchema, line);
      if (result.success) elapsedMs.set(result.output.key, result.output.elapsedMs);
    },
    elapsedMsOf: (key) => elapsedMs.get(key),
    async close() {
      await finished(file.end());
    },
  };
}
