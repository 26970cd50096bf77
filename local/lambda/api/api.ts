// Lambda's own API. Functions and mappings come from two sides: a program declares them, or requests make them.
import type { RestJsonHandler } from "../../protocol/rest-json.ts";
import type { LambdaApiContext } from "./api-context.ts";
import { functionHandlers } from "./function-operations.ts";
import { invocationHandlers } from "./invocation-operations.ts";
import { mappingHandlers } from "./mapping-operations.ts";

/** Every operation served, by its name in the model. */
export function lambdaHandlers(context: LambdaApiContext): Record<string, RestJsonHandler> {
  return { ...functionHandlers(context), ...invocationHandlers(context), ...mappingHandlers(context) };
}
