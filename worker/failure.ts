// The closed list of ways an image can fail, and what each one means for its message.
//
//   reject: no later attempt can differ. Copied to the dead-letter queue with its reason, then deleted: one receive.
//   retry:  a later attempt may succeed. Reported as a batch item failure and delivered again after a back-off.
//
// Codes decide, never message text. Errors of sharp and AWS become codes at the edge, once (render/, aws/).

const DISPOSITIONS = {
  MESSAGE_MALFORMED: "reject",
  EMPTY: "reject",
  TOO_MANY_BYTES: "reject",
  TOO_MANY_PIXELS: "reject",
  TOO_MANY_FRAMES: "reject",
  METADATA_TOO_LARGE: "reject",
  UNSUPPORTED_FORMAT: "reject",
  UNSUPPORTED_FORMAT_HEIC: "reject",
  UNSUPPORTED_FORMAT_JXL: "reject",
  UNSUPPORTED_FORMAT_JP2: "reject",
  UNSUPPORTED_FORMAT_PDF: "reject",
  UNSUPPORTED_FORMAT_PSD: "reject",
  UNSUPPORTED_FORMAT_SVG: "reject",
  UNSUPPORTED_FORMAT_TIFF: "reject",
  FORMAT_DISABLED: "reject",
  TRUNCATED: "reject",
  CORRUPT: "reject",
  KEY_TOO_LONG: "reject",
  RENDER_CRASHED: "reject",
  RENDER_TIMEOUT: "reject",
  MEMORY_BUDGET: "reject",
  THROTTLED: "retry",
  STORE_UNAVAILABLE: "retry",
  NETWORK: "retry",
  CHECKSUM_MISMATCH: "retry",
  OUT_OF_TIME: "retry",
  CONTENDED: "retry",
  ACCESS_DENIED: "retry",
  WATERMARK_UNREADABLE: "retry",
  WORKER_DIED: "retry",
  UNKNOWN: "retry",
} as const;

export type FailureCode = keyof typeof DISPOSITIONS;
export type Disposition = "reject" | "retry";

/** An image that cannot be done (now). `message` states facts for the operator: sizes, limits, formats; never advice. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get disposition(): Disposition {
    return DISPOSITIONS[this.code];
  }
}

/** Anything that is not a Failure is a bug: UNKNOWN, so it is retried, logged with its stack and never lost. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new Failure("UNKNOWN", message, { cause: error });
}
