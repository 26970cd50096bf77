// From the paths on the command line to the files to upload and the keys they get.
//
//   samples/          →  samples/a/b.jpg  is  a/b.jpg
//   pictures/cat.jpg  →  cat.jpg
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SourceFile } from "../operations/upload.ts";
import { expected } from "../settings/problem.ts";
import { UsageError } from "./exit-code.ts";

/** In the order of the paths, and of the names within a folder. Hidden files are left out unless named. */
export async function collectSources(paths: readonly string[]): Promise<SourceFile[]> {
  const byKey = new Map<string, SourceFile>();
  for (const path of paths) {
    for (const file of await filesAt(path)) add(file, byKey);
  }
  if (byKey.size === 0) throw new UsageError(expected("at least one file", "paths", paths.join(" ")));
  return [...byKey.values()];
}

async function filesAt(path: string): Promise<SourceFile[]> {
  const found = await statOf(path);
  if (!found) throw new UsageError(expected("an existing file or folder", "paths", path));
  if (found.isDirectory()) return await walk(path, "", new Set());
  if (found.isFile()) return [{ path, key: basename(path), bytes: found.size }];
  throw new UsageError(expected("a file or a folder", "paths", path));
}

/** Links are followed. A folder they lead to twice is taken once, so a loop ends. */
async function walk(folder: string, prefix: string, visited: Set<string>): Promise<SourceFile[]> {
  const real = await realpath(folder);
  if (visited.has(real)) return [];
  visited.add(real);
  const files: SourceFile[] = [];
  for (const name of await visibleNames(folder)) {
    const path = join(folder, name);
    const found = await statOf(path);
    if (found?.isDirectory()) files.push(...(await walk(path, `${prefix}${name}/`, visited)));
    if (found?.isFile()) files.push({ path, key: `${prefix}${name}`, bytes: found.size });
  }
  return files;
}

async function visibleNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith(".")).toSorted();
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}.`);
  }
}

/** Nothing when there is nothing, as behind a link to a file that is gone. */
async function statOf(path: string) {
  try {
    return await stat(path);
  } catch {
    return undefined;
  }
}

function add(file: SourceFile, byKey: Map<string, SourceFile>): void {
  const other = byKey.get(file.key);
  if (other && other.path !== file.path) {
    throw new UsageError(
      `Two files have the key ${file.key}: ${other.path} and ${file.path}.`,
      "Give the folder they have in common: then their keys differ.",
    );
  }
  byKey.set(file.key, file);
}
