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
  /** As declared: it runs in this process's own. */
  runtime?: string;
  description?: string;
  /** A queue for events that were given up. */
  deadLetterTargetArn?: string | undefined;
  eventSettings?: EventSettings;
  /** Of what a request made, not a program. */
  revision?: Revision;
}

/** For events that nobody waits for; Lambda's defaults for what is absent. */
export interface EventSettings {
  maximumRetries?: number | undefined;
  maximumAgeSeconds?: number | undefined;
}

interface Revision {
  id: string;
  /** As Lambda writes it: `2026-11-30T20:15:00.000+0000`. */
  modifiedAt: string;
  /** Of the zip: base64. */
  codeSha256: string;
  codeBytes: number;
}

export interface FunctionLog {
  functionName: string;
  /** Undefined before the first invocation of an execution environment, and for what concerns no invocation. */
  requestId: string | undefined;
  line: string;
  stream: "stdout" | "stderr" | "platform";
}

export type Log = (line: FunctionLog) => void;

export interface Invocation {
  /** As JSON text. */
  event: string;
  /** A new one when absent. */
  requestId?: string;
  /** As it was called, perhaps by an alias; the function's own when absent. */
  invokedArn?: string;
  /** Of the requests that it came from. */
  traces?: readonly string[];
  /** JSON that the caller adds, for `context.clientContext`. */
  clientContext?: string;
  /** What is logged of it, beside the log of all. */
  log?: Log;
}

/** An invocation that ended without an answer: an exception, a time-out, a crash. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  /** The type that Lambda gives it, unless the message is what the runtime itself said: JSON. */
  readonly errorType: string;

  constructor(message: string, errorType = "Runtime.ExitError") {
    super(message);
    this.errorType = errorType;
  }
}

/** The invocation was refused, and nothing ran: the function invokes itself by what it sends. */
export class RecursionError extends Error {
  override readonly name = "RecursiveInvocationException";

  constructor() {
    super("Lambda has detected your function being invoked in a recursive loop and stopped its invocation.");
  }
}

/** The invocation was refused, and nothing ran: the function has no concurrency left. */
export class ThrottledError extends Error {
  override readonly name = "TooManyRequestsException";
}
