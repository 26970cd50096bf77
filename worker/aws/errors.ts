// The only place that knows what an error of AWS means. By name and status, never by text; with one exception below.
import { Failure, type FailureCode } from "../failure.ts";

const CODES_BY_NAME: Record<string, FailureCode> = {
  KeyTooLongError: "KEY_TOO_LONG",
  // These arrive with status 400.
  ExpiredToken: "ACCESS_DENIED",
  ExpiredTokenException: "ACCESS_DENIED",
  AccessDeniedException: "ACCESS_DENIED",
  UnrecognizedClientException: "ACCESS_DENIED",
  KMSAccessDeniedException: "ACCESS_DENIED",
  ProvisionedThroughputExceededException: "THROTTLED",
  NoSuchBucket: "STORE_UNAVAILABLE",
  // Of a table and of a topic that are not there.
  ResourceNotFoundException: "STORE_UNAVAILABLE",
  NotFoundException: "STORE_UNAVAILABLE",
  BadDigest: "CHECKSUM_MISMATCH",
  RequestTimeout: "NETWORK", // S3 waited for our bytes; arrives with status 400
  TimeoutError: "NETWORK",
  AbortError: "OUT_OF_TIME",
};

const THROTTLED = /^(SlowDown|TooManyRequests.*|RequestLimitExceeded|.*Throttl.*)$/;

/** The SDK throws a plain Error for it. */
const CHECKSUM_MISMATCH = /^Checksum mismatch/;

/** Node.js gives every error of a socket, of TLS or of a name look-up such a code: ECONNRESET, EPIPE, ERR_SSL_… */
const SYSTEM_CODE = /^E[A-Z0-9_]+$/;

export function toAwsFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
  const status = statusOf(error);
  const facts = status === undefined ? [name, message] : [name, message, `HTTP ${status}`];
  return new Failure(codeOf(error, name, message), facts.filter(Boolean).join(": "), { cause: error });
}

export function statusOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return undefined;
  return (error.$metadata as { httpStatusCode?: number } | undefined)?.httpStatusCode;
}

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

function codeOf(error: unknown, name: string, message: string): FailureCode {
  const status = statusOf(error);
  const known = CODES_BY_NAME[name];
  if (known) return known;
  if (THROTTLED.test(name) || status === 429) return "THROTTLED";
  if (CHECKSUM_MISMATCH.test(message)) return "CHECKSUM_MISMATCH";
  if (status === 401 || status === 403) return "ACCESS_DENIED";
  if (status !== undefined && status >= 500) return "STORE_UNAVAILABLE";
  return isOfSystem(error) ? "NETWORK" : "UNKNOWN";
}

function isOfSystem(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // A body cut short by the other side is "aborted" in Node.js, with the code ECONNRESET.
  return "code" in error && SYSTEM_CODE.test(String(error.code));
}
