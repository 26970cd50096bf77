// What becomes of an event after an invocation that nobody waited for. Pure: what went wrong in, what follows out.
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html

import { type EventSettings, FunctionError, RecursionError, ThrottledError } from "../function.ts";
import type { QueuedEvent } from "./event-table.ts";

export interface Defeat {
  code: number;
  message: string;
}

export type EventFate =
  | { kind: "again"; afterSeconds: number; failures: number; throttles: number }
  | { kind: "dead"; why: Defeat };

const MAX_RETRIES = 2;
const MAX_AGE_SECONDS = 6 * 60 * 60;
/** "A one-minute wait between the first two attempts, and two minutes between the second and third." */
const RETRY_SECONDS = [60, 120];
/** "Increases exponentially from 1 second after the first attempt to a maximum of 5 minutes." */
const LONGEST_BACK_OFF_SECONDS = 300;

interface Circumstances {
  settings: EventSettings;
  ageSeconds: number;
  /** The function has a reserved concurrency of none: its events go at once. */
  isShut: boolean;
}

export function fateAfter(
  error: Error,
  { failures, throttles }: QueuedEvent,
  { settings, ageSeconds, isShut }: Circumstances,
): EventFate {
  const why = defeatOf(error);
  const { maximumRetries = MAX_RETRIES, maximumAgeSeconds = MAX_AGE_SECONDS } = settings;
  if (error instanceof RecursionError || isShut) return { kind: "dead", why };
  const isOfFunction = error instanceof FunctionError;
  const afterSeconds = isOfFunction
    ? (RETRY_SECONDS[failures] ?? 0)
    : Math.min(2 ** throttles, LONGEST_BACK_OFF_SECONDS);
  const isOver = isOfFunction && failures >= maximumRetries;
  if (isOver || ageSeconds + afterSeconds > maximumAgeSeconds) return { kind: "dead", why };
  return isOfFunction
    ? { kind: "again", afterSeconds, failures: failures + 1, throttles: 0 }
    : { kind: "again", afterSeconds, failures, throttles: throttles + 1 };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq */
function defeatOf(error: Error): Defeat {
  if (error instanceof FunctionError) return { code: 200, message: errorMessageOf(error.message) };
  if (error instanceof ThrottledError) return { code: 429, message: error.message };
  return { code: error instanceof RecursionError ? 400 : 500, message: error.message };
}

/** What the runtime said is JSON. */
function errorMessageOf(said: string): string {
  try {
    const { errorMessage } = JSON.parse(said);
    return String(errorMessage);
  } catch {
    return said;
  }
}
