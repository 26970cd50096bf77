// Invoke: one invocation that somebody asks for, and its answer. An invocation that fails is an answer too: 200, with the
// error for its payload. Of an event, that it is queued is the answer: what becomes of it is in event-queue.ts.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
import type { InvocationRequest, InvocationResponse } from "@aws-sdk/client-lambda";
import type { Request } from "../../protocol/http.ts";
import { ServiceError } from "../../protocol/model.ts";
import { RESPONSE_TOO_LARGE } from "../environments/runtime-api.ts";
import type { EventQueue } from "../events/event-queue.ts";
import {
  FunctionError,
  type FunctionLog,
  type Invocation,
  RecursionError,
  ThrottledError,
} from "../function.ts";
import type { Invoked } from "../functions.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_REQUEST_BYTES = 6_291_456;
const MAX_EVENT_BYTES = 1_048_576;
/** Of the log's end, with LogType Tail. */
const MAX_TAIL_BYTES = 4096;

type Answer = Omit<InvocationResponse, "Payload"> & { Payload?: string };

export async function invokeFunction(
  { pool, arn, version }: Invoked,
  {
    InvocationType = "RequestResponse",
    LogType,
    ClientContext,
    Payload,
  }: Omit<InvocationRequest, "FunctionName">,
  { signal, headers: { "x-amzn-trace-id": trace } }: Pick<Request, "signal" | "headers">,
): Promise<Answer> {
  if (InvocationType === "DryRun") return { StatusCode: 204, ExecutedVersion: version };
  const lines: FunctionLog[] = [];
  const clientContext = ClientContext && Buffer.from(ClientContext, "base64").toString();
  const invocation: Invocation = {
    ...{ event: eventOf(Payload), invokedArn: arn, log: (line: FunctionLog) => void lines.push(line) },
    ...(clientContext && { clientContext }),
    ...(trace && { traces: [trace] }),
  };
  const answer = await pool.invoke(invocation, signal).then(
    (payload) => ({ Payload: payload }),
    (error) => ({ FunctionError: "Unhandled", Payload: errorPayload(error, lines[0]?.requestId) }),
  );
  const tail = LogType === "Tail" && { LogResult: tailOf(lines) };
  return { StatusCode: 200, ExecutedVersion: version, ...answer, ...tail };
}

/** An event that nobody waits for: answered when it is there to stay. */
export async function queueEvent(
  events: EventQueue,
  { arn }: Invoked,
  { Payload }: Pick<InvocationRequest, "Payload">,
  { headers: { "x-amzn-trace-id": trace } }: Pick<Request, "headers">,
  id: string,
): Promise<Answer> {
  await events.put({ id, arn, payload: eventOf(Payload, MAX_EVENT_BYTES), trace });
  return { StatusCode: 202 };
}

/** Nothing is an empty object to the function. */
function eventOf(payload: Uint8Array | undefined, mostBytes = MAX_REQUEST_BYTES): string {
  const text = Buffer.from(payload ?? []).toString() || "{}";
  if ((payload?.length ?? 0) > mostBytes) {
    const message = `Request must be smaller than ${mostBytes} bytes for the InvokeFunction operation`;
    throw new ServiceError("RequestEntityTooLargeException", message, { status: 413 });
  }
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    const message = `Could not parse request body into json: ${(error as Error).message}`;
    throw new ServiceError("InvalidRequestContentException", message, { status: 400 });
  }
}

/** What the runtime said is passed on as it is; for what Lambda itself has seen, it finds the words. */
function errorPayload(error: unknown, requestId = ""): string {
  if (error instanceof ThrottledError)
    throw new ServiceError(error.name, error.message, {
      status: 429,
      detail: { Reason: "ReservedFunctionConcurrentInvocationLimitExceeded" },
    });
  if (error instanceof RecursionError) throw new ServiceError(error.name, error.message, { status: 400 });
  if (!(error instanceof FunctionError)) throw error;
  const { errorType, message } = error;
  if (message.startsWith("{")) return message;
  const isOfRequest = errorType !== RESPONSE_TOO_LARGE;
  return JSON.stringify({
    errorType,
    errorMessage: isOfRequest ? `RequestId: ${requestId} Error: ${message}` : message,
  });
}

function tailOf(lines: readonly FunctionLog[]): string {
  const log = Buffer.from(lines.map(({ line }) => `${line}\n`).join(""));
  return log.subarray(-MAX_TAIL_BYTES).toString("base64");
}
