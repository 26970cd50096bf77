// What the worker writes in local mode: kept in a file for whoever looks for the cause of something, and read for how
// long each source took.
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
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

const LoggedSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    event: v.string(),
    messageId: v.string(),
    receiveCount: v.optional(v.number()),
    code: v.optional(v.string()),
    message: v.optional(v.string()),
  }),
);

export type LoggedAttempt = v.InferOutput<typeof LoggedSchema>;

/** What the worker wrote about a message since local mode was started; nothing where there is no such file. */
export async function attemptsIn(path: string, messageId: string): Promise<LoggedAttempt[]> {
  const attempts: LoggedAttempt[] = [];
  const file = createReadStream(path);
  try {
    for await (const line of createInterface({ input: file, crlfDelay: Number.POSITIVE_INFINITY })) {
      const result = line.includes(messageId) ? v.safeParse(LoggedSchema, line) : undefined;
      if (result?.success && result.output.messageId === messageId) attempts.push(result.output);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return attempts;
}
