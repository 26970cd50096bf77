// One hostile file, and what must become of it.
import type { FailureCode } from "../../../worker/failure.ts";

type Outcome = "rendition" | FailureCode;

export interface Case {
  group: string;
  name: string;
  bytes: Buffer;
  /** All that are right: decoders may see either of two faults first. */
  expected: readonly Outcome[];
}

export type Group = (name: string, bytes: Buffer, ...expected: Outcome[]) => Case;

export function group(name: string): Group {
  return (file, bytes, ...expected) => ({ group: name, name: file, bytes, expected });
}
