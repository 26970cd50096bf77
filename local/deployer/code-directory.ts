// The folder that a function's code lies in: the one declared, or one put together from a folder and files beside it.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Code } from "./values.ts";

/** Where relative paths start, and where folders are put together. */
interface Places {
  projectDirectory: string;
  dataDirectory: string;
}

/** Nothing when the code is neither. */
export function codeDirectory(
  { path, assets = {} }: Code,
  { projectDirectory, dataDirectory }: Places,
): string | undefined {
  if (path !== undefined) return resolve(projectDirectory, path);
  const { ".": { path: root } = {}, ...others } = assets;
  const files = Object.entries(others).map(([name, { path: file }]) => ({ name, file }));
  if (root === undefined || files.some(({ file }) => file === undefined)) return undefined;
  const extra = files.map(({ name, file = "" }) => ({ name, file: resolve(projectDirectory, file) }));
  return together(resolve(projectDirectory, root), extra, resolve(dataDirectory, "code"));
}

/** At a start nothing runs of what was put together before: of other code, or by a process that was killed in the midst. */
export function clearCode(dataDirectory: string): void {
  rmSync(join(dataDirectory, "code"), { recursive: true, force: true });
}

interface Extra {
  name: string;
  file: string;
}

/** Named by what is in it, so that it is made once. Folders are links; files are copies, as modules are where they really lie. */
function together(root: string, extra: readonly Extra[], parent: string): string {
  const entries = readdirSync(root, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, file: join(root, name) }));
  const hash = createHash("sha256").update(root);
  for (const { name, file } of [...files, ...extra]) hash.update(`\0${name}\0`).update(readFileSync(file));
  const directory = join(parent, hash.digest("hex").slice(0, 16));
  if (existsSync(directory)) return directory;
  const unfinished = `${directory}.unfinished-${process.pid}`;
  for (const { name, file } of [...files, ...extra]) {
    mkdirSync(dirname(join(unfinished, name)), { recursive: true });
    cpSync(file, join(unfinished, name));
  }
  for (const { name } of entries.filter((entry) => entry.isDirectory()))
    symlinkSync(join(root, name), join(unfinished, name));
  renameSync(unfinished, directory);
  return directory;
}
