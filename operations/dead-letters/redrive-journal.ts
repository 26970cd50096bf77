// What a redrive has sent so far, so that one that was killed goes on: what the queue has taken is not sent again, and
// its outcome is reported in the end. One file for each run, a line for each letter, written between send and delete.
import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fromLine, toLine } from "./dead-letter-archive.ts";
import type { DeadLetter } from "./dead-letters.ts";

export interface RedriveJournal {
  /** What earlier runs have sent that did not live to report it. */
  earlier: readonly DeadLetter[];
  /** Resolves when it is written down. */
  add(letters: readonly DeadLetter[]): Promise<void>;
  /** Everything in it is reported. */
  close(): Promise<void>;
}

/** `folder` is for redrives of the same words on the same queue. Files of runs that are still alive are left alone. */
export async function openRedriveJournal(folder: string): Promise<RedriveJournal> {
  await mkdir(folder, { recursive: true });
  const names = (await readdir(folder)).filter((name) => !isAlive(Number.parseInt(name, 10)));
  const files = names.map((name) => join(folder, name));
  const earlier = (await Promise.all(files.map(readLetters))).flat();
  const own = join(folder, `${process.pid}-${Date.now()}.ndjson`);
  return {
    earlier: [...new Map(earlier.map((letter) => [letter.messageId, letter])).values()],
    add: (letters) => appendFile(own, letters.map((letter) => `${toLine(letter)}\n`).join("")),
    async close() {
      await Promise.all([...files, own].map((file) => rm(file, { force: true })));
    },
  };
}

/** Another run that starts at the same moment may have finished with it. The last line may have been cut off. */
async function readLetters(file: string): Promise<DeadLetter[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line !== "").map((line) => fromLine(line, file));
}

/** The number of a dead process may be in use again: then its file waits until that one ends. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
