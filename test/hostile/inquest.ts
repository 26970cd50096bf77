// Puts files before the tormentor and keeps the minutes: by group, what became of them, the slowest, the largest.
import { Failure, type FailureCode } from "../../worker/failure.ts";
import { mutated } from "../support/mutate.ts";
import { seeded } from "../support/seeded.ts";
import type { Case } from "./corpus/case.ts";
import { createTormentor, type Verdict } from "./tormentor.ts";

export interface Row {
  files: number;
  outcomes: Map<string, number>;
  slowestMs: number;
  peakBytes: number;
}

export interface Minutes {
  rows: Map<string, Row>;
  /** One sentence for each file that did not become what it must. */
  unexpected: string[];
}

export async function judge(cases: Iterable<Case>): Promise<Minutes> {
  const minutes: Minutes = { rows: new Map(), unexpected: [] };
  const tormentor = createTormentor();
  try {
    for (const { group, name, bytes, expected } of cases) {
      const verdict = await tormentor.torment(bytes);
      judgeOne(minutes, { group, name, expected }, verdict);
    }
  } finally {
    tormentor.end();
  }
  return minutes;
}

export function judgeOne(
  minutes: Minutes,
  { group, name, expected }: Omit<Case, "bytes">,
  verdict: Verdict,
): void {
  note(minutes, group, verdict);
  if (expected.some((outcome) => outcome === verdict.outcome)) return;
  minutes.unexpected.push(`${group}, ${name}: expected ${expected.join(" or ")}, but ${told(verdict)}`);
}

/** A mutation may become a rendition or be rejected; but nothing that would be tried again, and nothing unknown. */
export async function judgeMutations(
  originals: readonly Buffer[],
  count: number,
  seed: number,
): Promise<Minutes> {
  const minutes: Minutes = { rows: new Map(), unexpected: [] };
  const random = seeded(seed);
  const tormentor = createTormentor();
  try {
    for (let number = 0; number < count; number += 1) {
      const bytes = mutated(originals[number % originals.length] ?? Buffer.alloc(1), random);
      const verdict = await tormentor.torment(bytes);
      note(minutes, "mutations", verdict);
      if (!isSettled(verdict)) {
        minutes.unexpected.push(
          `mutation ${number} of seed ${seed}: ${told(verdict)}\n${bytes.toString("base64")}`,
        );
      }
    }
  } finally {
    tormentor.end();
  }
  return minutes;
}

function isSettled({ outcome }: Verdict): boolean {
  return outcome === "rendition" || new Failure(outcome as FailureCode, "").disposition === "reject";
}

function told({ outcome, message }: Verdict): string {
  return message === undefined ? `was ${outcome}.` : `was ${outcome}: ${message}`;
}

function note({ rows }: Minutes, group: string, { outcome, elapsedMs, peakBytes }: Verdict): void {
  const row = rows.get(group) ?? { files: 0, outcomes: new Map(), slowestMs: 0, peakBytes: 0 };
  row.files += 1;
  row.outcomes.set(outcome, (row.outcomes.get(outcome) ?? 0) + 1);
  row.slowestMs = Math.max(row.slowestMs, elapsedMs);
  row.peakBytes = Math.max(row.peakBytes, peakBytes);
  rows.set(group, row);
}
