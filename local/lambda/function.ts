// What Lambda is told about a function, and what it tells about its runs.

export interface FunctionConfiguration {
  name: string;
  arn: string;
  roleArn: string;
  codeDirectory: string;
  /** `index.handler`: the module, without its extension, and what it exports. */
  handler: string;
  /** `$LATEST` unless it was published. */
  version?: string;
  timeoutSeconds: number;
  memoryMiB: number;
  /** As declared: it runs on this machine's. */
  architectures?: string[];
  environment: Record<string, string>;
  /** No more invocations than these at once: the others are throttled. None are, when absent. */
  reservedConcurrency?: number;
}

export interface FunctionLog {
  functionName: string;
  /** Undefined before the first invocation of an execution environment, and for what concerns no invocation. */
  requestId: string | undefined;
  line: string;
  stream: "stdout" | "stderr" | "platform";
}

export type Log = (line: FunctionLog) => void;

/** An invocation that ended without an answer: an exception, a time-out, a crash. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
}

/** The invocation was refused, and nothing ran: the function has no concurrency left. */
export class ThrottledError extends Error {
  override readonly name = "TooManyRequestsException";
}
