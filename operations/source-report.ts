// All that is known about one source object: itself, its set, and the dead letters about it.
import { HeadObjectCommand, NotFound } from "@aws-sdk/client-s3";
import { type DeadLetter, type ListOptions, listDeadLetters } from "./dead-letters/dead-letters.ts";
import { bareEtag } from "./etag.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import type { Target } from "./target.ts";

export interface SourceFacts {
  etag: string;
  bytes: number;
  lastModified: string | undefined;
  contentType: string | undefined;
}

export type SetState =
  /** The set is of the source as it is now. */
  | "current"
  /** The set is of earlier content, or of a source that is gone. */
  | "stale"
  | "none";

export interface SourceReport {
  key: string;
  source: SourceFacts | undefined;
  set: SetState;
  manifest: Manifest | undefined;
  deadLetters: DeadLetter[];
}

export async function reportOnSource(
  target: Target,
  key: string,
  options: ListOptions = {},
): Promise<SourceReport> {
  const [source, manifest] = await Promise.all([
    headSource(target, key, options.signal),
    readManifest(target, key, options.signal),
  ]);
  const deadLetters: DeadLetter[] = [];
  for await (const letter of listDeadLetters(target, options)) {
    if (letter.sourceKey === key) deadLetters.push(letter);
  }
  return { key, source, set: setState(source, manifest), manifest, deadLetters };
}

export function setState(source: SourceFacts | undefined, manifest: Manifest | undefined): SetState {
  if (!manifest) return "none";
  return manifest.source.etag === source?.etag ? "current" : "stale";
}

/** Nothing when there is no such object. */
export async function headSource(
  { s3, sourceBucket }: Pick<Target, "s3" | "sourceBucket">,
  key: string,
  signal?: AbortSignal,
): Promise<SourceFacts | undefined> {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: sourceBucket, Key: key }), {
      ...(signal && { abortSignal: signal }),
    });
    return {
      etag: bareEtag(head.ETag),
      bytes: head.ContentLength ?? 0,
      lastModified: head.LastModified?.toISOString(),
      contentType: head.ContentType,
    };
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}
