// What `darkroom dlq export`, `import` and `drop` do. A file of dead letters is complete and on disk before anything that
// it holds is deleted.
import { type FileHandle, open as openFile, readFile } from "node:fs/promises";
import {
  dropDeadLetters,
  fromLine,
  importDeadLetters,
  toLine,
} from "../operations/dead-letters/dead-letter-archive.ts";
import { groupByReason } from "../operations/dead-letters/dead-letter-filter.ts";
import type { DeadLetter } from "../operations/dead-letters/dead-letters.ts";
import { retentionSeconds } from "../operations/status.ts";
import { recordChange } from "./audit.ts";
import { type FilterOptions, filterOf, requireChoice } from "./commands/filter-options.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { confirm } from "./confirm.ts";
import { EXIT_CODE, type ExitCode, UsageError } from "./exit-code.ts";
import { countText } from "./figures.ts";
import { findDeadLetters } from "./run-dead-letters.ts";
import { withTarget } from "./target.ts";
import { note } from "./terminal/screen.ts";
import { groupsTable } from "./terminal/status.ts";

export async function runExport(
  file: string | undefined,
  words: TargetOptions & FilterOptions,
): Promise<ExitCode> {
  return await withTarget(words, async (open) => {
    const letters = await findDeadLetters(open, words);
    if (file === undefined) for (const letter of letters) console.log(toLine(letter));
    else await writeNew(file, (archive) => append(archive, letters));
    note(`${countText(letters.length, "dead letter")} exported.`);
    return EXIT_CODE.done;
  });
}

export async function runImport(file: string, words: TargetOptions & { yes?: true }): Promise<ExitCode> {
  const letters = await readArchive(file);
  return await withTarget(words, async ({ target, name, signal }) => {
    await confirm(letters.length, `import ${countText(letters.length, "dead letter")} into ${name}`, words);
    const count = await importDeadLetters(target, letters, signal);
    await recordChange({ target, name }, { deed: "import", filter: { file }, counts: { imported: count } });
    console.log(
      words.json ? JSON.stringify({ imported: count }) : `${countText(count, "dead letter")} imported.`,
    );
    return EXIT_CODE.done;
  });
}

export interface DropWords extends TargetOptions, FilterOptions {
  all?: true;
  yes?: true;
  export?: string;
}

export async function runDrop(words: DropWords): Promise<ExitCode> {
  requireChoice(words);
  const file = words.export ?? `dead-letters-${new Date().toISOString().replaceAll(/[:.]/g, "-")}.ndjson`;
  return await withTarget(words, async (open) => {
    const letters = await findDeadLetters(open, words);
    if (letters.length > 0) {
      note(groupsTable(groupByReason(letters, await retentionSeconds(open.target)), Date.now()));
      await confirm(
        letters.length,
        `drop ${countText(letters.length, "dead letter")} of ${open.name}`,
        words,
      );
    }
    const messageIds = new Set(letters.map(({ messageId }) => messageId));
    const { target, pace, signal } = open;
    const drop = (archive: FileHandle) =>
      dropDeadLetters(target, { ...pace, signal, messageIds, keep: (page) => append(archive, page) });
    const dropped = letters.length === 0 ? 0 : await writeNew(file, drop);
    if (dropped > 0) {
      const filter = { ...filterOf(words), limit: words.limit };
      await recordChange(open, {
        deed: "drop",
        filter: { ...filter, file },
        counts: { dropped },
      });
    }
    if (words.json) console.log(JSON.stringify({ dropped, file: dropped > 0 ? file : undefined }));
    else if (dropped === 0) console.log("Nothing to drop.");
    else
      console.log(`${countText(dropped, "dead letter")} dropped; \`dlq import ${file}\` brings them back.`);
    return dropped === letters.length ? EXIT_CODE.done : EXIT_CODE.someFailed;
  });
}

/** An archive that is there already is somebody's only copy. */
async function writeNew<Result>(
  file: string,
  work: (archive: FileHandle) => Promise<Result>,
): Promise<Result> {
  const archive = await openFile(file, "wx").catch((error: Error) => {
    throw new UsageError(`${file} cannot be written: ${error.message}.`);
  });
  try {
    return await work(archive);
  } finally {
    await archive.close();
  }
}

async function append(archive: FileHandle, letters: readonly DeadLetter[]): Promise<void> {
  await archive.writeFile(letters.map((letter) => `${toLine(letter)}\n`).join(""));
  await archive.sync();
}

async function readArchive(file: string): Promise<DeadLetter[]> {
  try {
    const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
    return lines.map((line, index) => fromLine(line, `line ${index + 1} of ${file}`));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
