// What each reason code means to the person who owns the image, and whether the same image may succeed later.
// The codes are the worker's (worker/failure.ts); a test holds the two lists together.
import type { DeadLetter } from "./dead-letters.ts";

/** The code of a dead letter without one. */
export const UNEXPLAINED = "UNEXPLAINED";

export interface Reason {
  /** Whether another attempt may succeed. False: the image itself, or what the settings allow, has to change first. */
  retryable: boolean;
  meaning: string;
  /** Whether the settings of the stack may let the same image through. */
  isOfSettings: boolean;
}

export const REASONS = {
  MESSAGE_MALFORMED: rejected("The message is no S3 event: something else writes to the work queue."),
  EMPTY: rejected("The file has no bytes. Upload it again."),
  TOO_MANY_BYTES: limited("The file is larger than limits.maxBytes allows."),
  TOO_MANY_PIXELS: limited("The image has more pixels than limits.maxPixels allows."),
  TOO_MANY_FRAMES: limited("The animation has more frames than limits.maxFrames allows."),
  METADATA_TOO_LARGE: limited("The metadata is larger than limits.maxMetadataBytes allows."),
  UNSUPPORTED_FORMAT: rejected("This is no image that Darkroom reads, whatever its name says."),
  UNSUPPORTED_FORMAT_HEIC: rejected("HEIC is not read. Export it as JPEG."),
  UNSUPPORTED_FORMAT_JXL: rejected("JPEG XL is not read. Export it as PNG or JPEG."),
  UNSUPPORTED_FORMAT_JP2: rejected("JPEG 2000 is not read. Export it as PNG or JPEG."),
  UNSUPPORTED_FORMAT_PDF: rejected("PDF is not read. Export its pages as PNG."),
  UNSUPPORTED_FORMAT_PSD: rejected("Photoshop files are not read. Export it as PNG or JPEG."),
  UNSUPPORTED_FORMAT_SVG: rejected("SVG is not read: it can carry scripts. Export it as PNG."),
  UNSUPPORTED_FORMAT_TIFF: rejected("TIFF is not read. Export it as PNG or JPEG."),
  FORMAT_DISABLED: limited("limits.allowedFormats leaves this format out."),
  TRUNCATED: rejected(
    "The file ends too early: it was cut off before it was uploaded. Upload the whole file.",
  ),
  CORRUPT: rejected("The file is damaged and cannot be decoded. Upload an intact copy."),
  KEY_TOO_LONG: rejected("The renditions' keys would be longer than S3 takes. Use a shorter name."),
  RENDER_CRASHED: rejected("Decoding it crashed the renderer, twice. Save it anew, with another program."),
  RENDER_TIMEOUT: limited(
    "Rendering it takes more than a third of an invocation. Raise timeoutSeconds or memoryMiB.",
  ),
  MEMORY_BUDGET: limited("Rendering it takes more memory than the function has. Raise memoryMiB."),
  THROTTLED: retried("The bucket or queue asked to slow down."),
  STORE_UNAVAILABLE: retried("The bucket or queue did not answer properly."),
  NETWORK: retried("The connection to the bucket or queue broke."),
  CHECKSUM_MISMATCH: retried("The bytes that arrived are not those that were stored."),
  OUT_OF_TIME: retried(
    "The function's time ended first. Raise timeoutSeconds or memoryMiB if it happens again.",
  ),
  CONTENDED: retried("The object kept changing while it was rendered."),
  ACCESS_DENIED: retried("The worker's role may not read or write what it must. Check the bucket policies."),
  WATERMARK_UNREADABLE: retried("The watermark is missing from the worker's artifact, or damaged there."),
  WORKER_DIED: retried("The worker was killed or ran out of time at each attempt, and could not say why."),
  UNKNOWN: retried("Something unexpected failed. The function's log has the details."),
} as const satisfies Record<string, Reason>;

const UNHEARD_OF: Reason = retried(
  "This version does not know the code. The function's log has the details.",
);

/** SQS moves what was received too often; nobody left a word. */
const UNEXPLAINED_REASON: Reason = retried("The worker ended at each attempt before it could say why.");

export function codeOf({ reason }: Pick<DeadLetter, "reason">): string {
  return reason?.code ?? UNEXPLAINED;
}

export function reasonOf(code: string): Reason {
  if (code === UNEXPLAINED) return UNEXPLAINED_REASON;
  return new Map<string, Reason>(Object.entries(REASONS)).get(code) ?? UNHEARD_OF;
}

/** By what the image is. */
function rejected(meaning: string): Reason {
  return { retryable: false, meaning, isOfSettings: false };
}

/** By what the settings allow. */
function limited(meaning: string): Reason {
  return { retryable: false, meaning, isOfSettings: true };
}

function retried(meaning: string): Reason {
  return { retryable: true, meaning, isOfSettings: false };
}

/** Where the runbook says how to check and what to do. */
export function runbookLink(code: string): string {
  return `docs/runbook.md#${code.toLowerCase()}`;
}
