// The code a synchronous refusal carries; fails when there is none, or when it is not one of ours.
import { Failure, type FailureCode } from "../../worker/failure.ts";

export function codeOf(work: () => unknown): FailureCode {
  let value: unknown;
  try {
    value = work();
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
  throw new Error(`Expected a Failure, but received ${JSON.stringify(value)}.`);
}
