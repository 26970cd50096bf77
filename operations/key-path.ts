// Where the object of a key lies below a folder. A key may hold anything ("../../etc/passwd", "/", NUL); a path made
// from one stays below the folder, and different keys have different paths.
import { join, sep } from "node:path";
import { expected } from "../settings/problem.ts";

/** What every common file system takes for one name. */
const MAX_NAME_BYTES = 255;

/** Throws when no file can stand for the key. */
export function keyPath(folder: string, key: string): string {
  const names = key.split("/");
  if (!names.every(isName)) throw new Error(expected("a key that can be a path", "a source", key));
  return join(folder, ...names);
}

function isName(name: string): boolean {
  const isRelative = name === "" || name === "." || name === "..";
  const hasForeignSeparator = sep !== "/" && (name.includes(sep) || name.includes(":"));
  return !(
    isRelative ||
    hasForeignSeparator ||
    name.includes("\0") ||
    Buffer.byteLength(name) > MAX_NAME_BYTES
  );
}
