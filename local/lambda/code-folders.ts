// The folders that zipped code runs from. The zip itself is in the database, so a folder is only a copy of it: all are
// made anew with every start, and there is nothing to clear after a kill.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import { invalid } from "./refusals.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_UNZIPPED_BYTES = 262_144_000;
/** A zip does not tell us which of its files may be executed, so all may. */
const MODE = 0o755;

export interface CodeFolders {
  /** Throws what AWS says of a zip that is none. */
  unpack(zip: Uint8Array): string;
  remove(folder: string): Promise<void>;
}

/** Whatever was in `parent` before is gone. */
export function createCodeFolders(parent: string): CodeFolders {
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  // Else a module would be of the type that a package further up says, which is not there in Lambda.
  writeFileSync(join(parent, "package.json"), "{}");
  return {
    unpack(zip) {
      const files = Object.entries(unzip(zip));
      const folder = join(parent, randomUUID());
      mkdirSync(folder, { recursive: true });
      try {
        for (const [name, bytes] of files) write(join(folder, name), bytes);
      } catch {
        rmSync(folder, { recursive: true, force: true }); // A file where others need a folder.
        throw notUnzipped();
      }
      return folder;
    },
    remove: (folder) => rm(folder, { recursive: true, force: true }),
  };
}

function write(path: string, bytes: Uint8Array): void {
  if (path.endsWith("/")) return void mkdirSync(path, { recursive: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes, { mode: MODE });
}

function unzip(zip: Uint8Array): Record<string, Uint8Array> {
  let bytes = 0;
  const files = read(zip, ({ name, originalSize }) => {
    bytes += originalSize; // Looked at before anything is inflated.
    if (bytes > MAX_UNZIPPED_BYTES)
      throw invalid(`Unzipped size must be smaller than ${MAX_UNZIPPED_BYTES} bytes`);
    if (leavesFolder(name)) throw notUnzipped();
    return true;
  });
  if (Object.keys(files).length === 0) throw invalid("Uploaded file must be a non-empty zip");
  return files;
}

function read(zip: Uint8Array, filter: (file: { name: string; originalSize: number }) => boolean) {
  try {
    return unzipSync(zip, { filter });
  } catch (error) {
    throw (error as Error).name === "InvalidParameterValueException" ? error : notUnzipped();
  }
}

function leavesFolder(name: string): boolean {
  return name.startsWith("/") || /[\\\0]/.test(name) || name.split("/").includes("..");
}

function notUnzipped(): Error {
  return invalid("Could not unzip uploaded file. Please check your file, then try to upload again.");
}
