// The operations on invocations: to ask for one, and how many there may be at once.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
import type {
  DeleteFunctionConcurrencyRequest,
  GetFunctionConcurrencyRequest,
  InvocationRequest,
  PutFunctionConcurrencyRequest,
} from "@aws-sdk/client-lambda";
import { checkConstraints, inRange } from "../protocol/constraints.ts";
import type { RestJsonHandler } from "../protocol/rest-json.ts";
import {
  authorize,
  functionArn,
  type LambdaApiContext,
  ownConfiguration,
  ownFunction,
  permittedFunction,
} from "./api-context.ts";
import { invokeFunction } from "./invoke.ts";
import { changeFunction } from "./kept-functions.ts";

/** By their names in the model. */
export function invocationHandlers(context: LambdaApiContext): Record<string, RestJsonHandler> {
  return {
    async GetFunctionConcurrency({ FunctionName = "" }: GetFunctionConcurrencyRequest, request) {
      permittedFunction(context, "GetFunctionConcurrency", FunctionName, request);
      const { reservedConcurrency } = ownConfiguration(context, FunctionName);
      return {
        ...(reservedConcurrency !== undefined && { ReservedConcurrentExecutions: reservedConcurrency }),
      };
    },
    async PutFunctionConcurrency(input: PutFunctionConcurrencyRequest, request) {
      const { FunctionName = "", ReservedConcurrentExecutions: reservedConcurrency = 0 } = input;
      const arn = ownFunction(context, "PutFunctionConcurrency", { FunctionName }, request);
      checkConstraints(
        inRange("ReservedConcurrentExecutions", reservedConcurrency, 0, Number.MAX_SAFE_INTEGER),
      );
      await changeFunction(context, arn, { changed: (before) => ({ ...before, reservedConcurrency }) });
      return { ReservedConcurrentExecutions: reservedConcurrency };
    },
    async DeleteFunctionConcurrency({ FunctionName = "" }: DeleteFunctionConcurrencyRequest, request) {
      const arn = ownFunction(context, "DeleteFunctionConcurrency", { FunctionName }, request);
      await changeFunction(context, arn, {
        changed: ({ reservedConcurrency: _, ...others }) => others,
      });
      return {};
    },
    async Invoke({ FunctionName = "", Qualifier, ...input }: InvocationRequest, request) {
      const arn = functionArn(context, FunctionName, Qualifier);
      authorize(context, "InvokeFunction", arn, request);
      return await invokeFunction(context.functions.invoked(arn), input, request);
    },
  };
}
