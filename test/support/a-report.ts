// Builders for what operations and the command tell each other, with defaults for everything a test does not care about.
import type { SourceReport } from "../../cli/report.ts";
import type { DeadLetter } from "../../operations/dead-letters/dead-letters.ts";
import type { Manifest, Rendition } from "../../operations/manifest.ts";

export function aRendition(part: Partial<Rendition> = {}): Rendition {
  const variant = part.variant ?? "large";
  const format = part.format ?? "jpeg";
  return {
    key: `cat.jpg/${variant}.${format}`,
    variant,
    format,
    width: 1920,
    height: 1280,
    bytes: 200_000,
    etag: "e",
    sha256: "s",
    ...part,
  };
}

export function aManifest(
  part: Partial<Omit<Manifest, "source">> & { source?: Partial<Manifest["source"]> } = {},
): Manifest {
  const source = {
    key: "cat.jpg",
    etag: "etag-1",
    bytes: 1_000_000,
    format: "jpeg",
    width: 3000,
    height: 2000,
    frames: 1,
    ...part.source,
  };
  return {
    version: 1,
    recipe: "recipe",
    workerVersion: "0.1.0",
    placeholder: "1QcSHQRnh493V4dIh4eXh1h4kJUI",
    dominantColour: "#336699",
    renditions: [aRendition()],
    srcset: { jpeg: `${encodeURIComponent(source.key)}/large.jpeg 1920w` },
    ...part,
    source,
  };
}

export function aDeadLetter(part: Partial<DeadLetter> = {}): DeadLetter {
  return {
    messageId: "message-1",
    receiptHandle: "receipt of message-1",
    attributes: {},
    sentAtMs: 0,
    body: "{}",
    reason: { code: "TRUNCATED", message: "It ends too early." },
    movedFrom: undefined,
    workerVersion: "0.1.0+01234567",
    sourceKey: "cat.jpg",
    sourceEtag: "etag-1",
    receiveCount: 1,
    redriveCount: 0,
    failedAt: undefined,
    ...part,
  };
}

export function aDoneSource(key = "cat.jpg", renditions: Rendition[] = [aRendition()]): SourceReport {
  const manifest = aManifest({ source: { key }, renditions });
  return { key, bytes: 1_000_000, elapsedMs: 500, outcome: { state: "done", manifest } };
}

export function aRejectedSource(key = "broken.jpg", message = "It ends too early."): SourceReport {
  const outcome = { state: "rejected", code: "TRUNCATED", message, retryable: false } as const;
  return { key, bytes: 5000, elapsedMs: undefined, outcome };
}
