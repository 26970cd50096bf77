// The folder local mode keeps its state in. It is emptied on request, so it must be certain that it is ours: a marker
// file says so, and a folder with anything in it but no marker is never touched.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expected } from "../settings/problem.ts";
import { UsageError } from "./exit-code.ts";

const MARKER = "darkroom-data.txt";
const MARKER_TEXT = "The state of Darkroom's local mode. Safe to delete while it is not running.\n";

export async function prepareDataDirectory(directory: string, { fresh }: { fresh: boolean }): Promise<void> {
  const names = await namesIn(directory);
  if (names.length > 0 && !names.includes(MARKER)) {
    throw new UsageError(
      expected("an empty folder or one that Darkroom made", "--data", directory),
      "Its files are not Darkroom's, so it is left as it is.",
    );
  }
  if (fresh) {
    const state = names.filter((name) => name !== MARKER);
    await Promise.all(state.map((name) => rm(join(directory, name), { recursive: true, force: true })));
  }
  await writeFile(join(directory, MARKER), MARKER_TEXT);
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    await mkdir(directory, { recursive: true });
    return await readdir(directory);
  } catch (error) {
    throw new UsageError(`${directory} cannot be used for --data: ${(error as Error).message}.`);
  }
}
