// sharp's errors, as codes of our closed list; nothing behind this edge reads their text. The source's length and checksum
// were verified before, so what fails here is in the file. The order matters: libvips reports that it ran out of memory
// as "Input buffer has corrupt header: … out of memory", and a healthy upload must not be called damaged for that.
import { Failure, type FailureCode } from "../failure.ts";

const TABLE: readonly [code: FailureCode, pattern: RegExp][] = [
  ["CORRUPT", /Security limit exceeded/],
  [
    "MEMORY_BUDGET",
    /out of memory|Insufficient memory|Memory allocation error|Cannot allocate memory|ENOMEM|unable to (create|make) thread/i,
  ],
  ["TOO_MANY_PIXELS", /exceeds pixel limit/],
  [
    "UNSUPPORTED_FORMAT",
    /unsupported image format|is blocked|not been built in|support is not configured|Unsupported (feature|codec|JPEG process|JPEG data precision|data precision|compression)/i,
  ],
  [
    "TRUNCATED",
    /premature end|Unexpected end|Not enough image data|Read error at scanline|truncated|end of (file|stream)|no image/i,
  ],
];

export function renderFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error)) return new Failure("UNKNOWN", String(error));
  const code = TABLE.find(([, pattern]) => pattern.test(error.message))?.[0] ?? "CORRUPT";
  return new Failure(code, firstComplaint(error.message), { cause: error });
}

/** libvips appends everything it ever complained about, and what it tried before it did. */
function firstComplaint(message: string): string {
  const told = message.replace(/source: bad seek to \d+\n?/g, "");
  return told.split("\n").find((line) => line !== "") ?? "";
}
