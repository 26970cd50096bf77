// For failures that are expected: unlike try/catch, it fails when nothing was thrown.
import { inspect } from "node:util";

export async function rejection(promise: PromiseLike<unknown>): Promise<Error> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`Expected a rejection with an Error, but received ${String(error)}.`);
  }
  throw new Error(`Expected a rejection, but received ${inspect(value, { depth: 1 })}.`);
}
