// What has become of a source object by now. A manifest of its present content says done; a dead letter about that
// content says why not; neither means that somebody still has to work on it.
import pLimit from "p-limit";
import type { DeadLetter } from "./dead-letters/dead-letters.ts";
import { reasonOf, UNEXPLAINED } from "./dead-letters/reasons.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { Target } from "./target.ts";

export interface Source {
  key: string;
  /** Of the content whose outcome is asked for. */
  etag: string;
}

export type Outcome =
  | { state: "done"; manifest: Manifest }
  /** `retryable`: not the image's fault, so a redrive may succeed. */
  | { state: "rejected"; code: string; message: string; retryable: boolean }
  | { state: "pending" };

/** An older manifest is not an outcome of the present content, and neither is an older dead letter. */
export function decideOutcome(
  source: Source,
  manifest: Manifest | undefined,
  deadLetters: readonly DeadLetter[],
): Outcome {
  if (manifest?.source.etag === source.etag) return { state: "done", manifest };
  const deadLetter = deadLetters.find((letter) => isAbout(letter, source));
  return deadLetter ? toRejected(deadLetter) : { state: "pending" };
}

/** Outcomes by key. */
export async function readOutcomes(
  target: Pick<Target, "s3" | "destinationBucket">,
  sources: readonly Source[],
  deadLetters: readonly DeadLetter[],
  signal?: AbortSignal,
): Promise<Map<string, Outcome>> {
  const entries = await pLimit(16).map(sources, async (source): Promise<[string, Outcome]> => {
    const manifest = await readManifest(target, source.key, signal);
    return [source.key, decideOutcome(source, manifest, deadLetters)];
  });
  return new Map(entries);
}

function isAbout({ sourceKey, sourceEtag }: DeadLetter, { key, etag }: Source): boolean {
  return sourceKey === key && (sourceEtag === undefined || sourceEtag === etag);
}

/** The worker explains what it gives up on. What it could not explain, SQS moved after the last receive. */
function toRejected({ reason, receiveCount }: DeadLetter): Outcome {
  if (reason) return { state: "rejected", ...reason, retryable: reasonOf(reason.code).retryable };
  const message = `Received ${receiveCount} times; the worker ended each time before it could say why.`;
  return { state: "rejected", code: UNEXPLAINED, message, retryable: true };
}
