// The operations on invocations: to ask for one, how many there may be at once, and how often an event is tried.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-configuring.html
import type {
  DeleteFunctionConcurrencyRequest,
  DeleteFunctionEventInvokeConfigRequest,
  GetFunctionConcurrencyRequest,
  GetFunctionEventInvokeConfigRequest,
  InvocationRequest,
  PutFunctionConcurrencyRequest,
  PutFunctionEventInvokeConfigRequest,
} from "@aws-sdk/client-lambda";
import { checkConstraints, inRange } from "../../protocol/constraints.ts";
import { ServiceError } from "../../protocol/model.ts";
import type { RestJsonHandler } from "../../protocol/rest-json.ts";
import { invalid, refuseOthers } from "../refusals.ts";
import {
  authorize,
  functionArn,
  type LambdaApiContext,
  nameOf,
  ownConfiguration,
  ownFunction,
  permittedFunction,
} from "./api-context.ts";
import { invokeFunction, queueEvent } from "./invoke.ts";
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
    async Invoke({ FunctionName = "", Qualifier, ...input }: InvocationRequest, request, requestId) {
      const arn = functionArn(context, FunctionName, Qualifier);
      authorize(context, "InvokeFunction", arn, request);
      const invoked = context.functions.invoked(arn);
      if (input.InvocationType === "Event")
        return await queueEvent(context.events, invoked, input, request, requestId);
      return await invokeFunction(invoked, input, request);
    },
    async PutFunctionEventInvokeConfig(input: PutFunctionEventInvokeConfigRequest, request) {
      const { MaximumRetryAttempts: maximumRetries, MaximumEventAgeInSeconds: maximumAgeSeconds } = input;
      const arn = ownFunction(context, "PutFunctionEventInvokeConfig", input, request);
      refuseOthers({ DestinationConfig: input.DestinationConfig });
      checkConstraints([
        ...inRange("MaximumRetryAttempts", maximumRetries, 0, 2),
        ...inRange("MaximumEventAgeInSeconds", maximumAgeSeconds, 60, 21_600),
      ]);
      if (maximumRetries === undefined && maximumAgeSeconds === undefined)
        throw invalid("You must specify at least one of error handling or destination setting.");
      const eventSettings = { maximumRetries, maximumAgeSeconds };
      await changeFunction(context, arn, { changed: (before) => ({ ...before, eventSettings }) });
      return describeEventSettings(context, input.FunctionName);
    },
    async GetFunctionEventInvokeConfig(input: GetFunctionEventInvokeConfigRequest, request) {
      ownFunction(context, "GetFunctionEventInvokeConfig", input, request);
      return describeEventSettings(context, input.FunctionName);
    },
    async DeleteFunctionEventInvokeConfig(input: DeleteFunctionEventInvokeConfigRequest, request) {
      const arn = ownFunction(context, "DeleteFunctionEventInvokeConfig", input, request);
      describeEventSettings(context, input.FunctionName); // There must be some.
      await changeFunction(context, arn, { changed: ({ eventSettings: _, ...others }) => others });
      return {};
    },
  };
}

function describeEventSettings(context: LambdaApiContext, named = "") {
  const arn = functionArn(context, nameOf(named));
  const { eventSettings: settings, revision } = context.functions.lookup(arn)?.pool.configuration() ?? {};
  if (!settings) {
    const message = `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`;
    throw new ServiceError("ResourceNotFoundException", message, { status: 404 });
  }
  return {
    FunctionArn: `${arn}:$LATEST`,
    LastModified: new Date(revision?.modifiedAt ?? 0),
    MaximumRetryAttempts: settings.maximumRetries,
    MaximumEventAgeInSeconds: settings.maximumAgeSeconds,
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  };
}
