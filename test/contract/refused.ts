// How a service said no: its error code, its HTTP status, and what it added. Fails when the service said yes.
import { rejection } from "../support/rejection.ts";

export interface Refusal {
  code: string;
  status: number | undefined;
  message: string;
  /** The error's own fields: `Key`, `BucketName`, `ArgumentName1`, … */
  detail: Record<string, unknown>;
  headers: Record<string, string>;
}

export async function refused(promise: PromiseLike<unknown>): Promise<Refusal> {
  const error = (await rejection(promise)) as Error & {
    $metadata?: { httpStatusCode?: number };
    $response?: { headers?: Record<string, string> };
  };
  return {
    code: error.name,
    status: error.$metadata?.httpStatusCode,
    message: error.message,
    detail: { ...error },
    headers: error.$response?.headers ?? {},
  };
}
