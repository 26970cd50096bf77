// Reading a header: every read says what it means when the file ends before it.
import { Failure } from "../failure.ts";

/** A format's magic number. */
export function startsWith(bytes: Buffer, text: string, at = 0): boolean {
  return bytes.toString("latin1", at, at + text.length) === text;
}

export function truncated(format: string): Failure {
  return new Failure("TRUNCATED", `Expected a whole ${format} file, but it ends inside its header.`);
}

export function corrupt(format: string, what: string): Failure {
  return new Failure("CORRUPT", `Expected ${what} in the ${format} header, but there is none.`);
}
