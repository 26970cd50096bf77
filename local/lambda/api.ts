// Lambda's own API, as much of it as those who operate a function need: to look at functions and mappings, to switch
// mappings off and on, and to invoke. Functions and mappings are made by whoever starts the cloud.
import type {
  EventSourceMappingConfiguration,
  FunctionConfiguration as FunctionDescription,
  GetEventSourceMappingRequest,
  GetFunctionConcurrencyRequest,
  GetFunctionConfigurationRequest,
  InvocationRequest,
  ListEventSourceMappingsRequest,
  UpdateEventSourceMappingRequest,
} from "@aws-sdk/client-lambda";
import type { Iam } from "../iam/iam.ts";
import type { Request } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import type { RestJsonHandler } from "../protocol/rest-json.ts";
import type { FunctionConfiguration } from "./function.ts";
import type { Functions } from "./functions.ts";
import { invokeFunction } from "./invoke.ts";
import type { MappingState, Mappings } from "./mappings.ts";

export interface LambdaApiContext {
  iam: Iam;
  /** `arn:aws:lambda:<region>:<account>` */
  arnPrefix: string;
  mappings: Mappings;
  functions: Functions;
}

/** Every operation served, by its name in the model. */
export function lambdaHandlers(context: LambdaApiContext): Record<string, RestJsonHandler> {
  const { mappings, arnPrefix } = context;
  const mappingArn = (id = "") => `${arnPrefix}:event-source-mapping:${id}`;
  return {
    async GetEventSourceMapping({ UUID = "" }: GetEventSourceMappingRequest, request) {
      authorize(context, "GetEventSourceMapping", mappingArn(UUID), request);
      return describeMapping(mappings.find(UUID), mappingArn(UUID));
    },
    async ListEventSourceMappings({ EventSourceArn, FunctionName }: ListEventSourceMappingsRequest, request) {
      authorize(context, "ListEventSourceMappings", "*", request);
      const wanted = FunctionName === undefined ? undefined : findFunction(context, FunctionName).arn;
      const found = mappings
        .all()
        .filter(({ configuration }) => (wanted ?? configuration.functionArn) === configuration.functionArn)
        .filter(
          ({ configuration }) =>
            (EventSourceArn ?? configuration.eventSourceArn) === configuration.eventSourceArn,
        );
      return {
        EventSourceMappings: found.map((one) => describeMapping(one, mappingArn(one.configuration.id))),
      };
    },
    async UpdateEventSourceMapping(
      { UUID = "", Enabled, ...rest }: UpdateEventSourceMappingRequest,
      request,
    ) {
      authorize(context, "UpdateEventSourceMapping", mappingArn(UUID), request);
      refuseOthers(rest);
      const state = Enabled === undefined ? mappings.find(UUID) : mappings.setEnabled(UUID, Enabled);
      return describeMapping(state, mappingArn(UUID));
    },
    async Invoke({ FunctionName = "", Qualifier, ...input }: InvocationRequest, request) {
      const qualifier = Qualifier ?? qualifierOf(FunctionName);
      const arn = `${arnPrefix}:function:${nameOf(FunctionName)}${qualifier ? `:${qualifier}` : ""}`;
      authorize(context, "InvokeFunction", arn, request);
      return await invokeFunction(context.functions.invoked(arn), input, request);
    },
    async GetFunctionConfiguration({ FunctionName = "" }: GetFunctionConfigurationRequest, request) {
      authorize(
        context,
        "GetFunctionConfiguration",
        `${arnPrefix}:function:${nameOf(FunctionName)}`,
        request,
      );
      return describeFunction(findFunction(context, FunctionName));
    },
    async GetFunctionConcurrency({ FunctionName = "" }: GetFunctionConcurrencyRequest, request) {
      const resource = `${arnPrefix}:function:${nameOf(FunctionName)}`;
      authorize(context, "GetFunctionConcurrency", resource, request);
      const { reservedConcurrency } = findFunction(context, FunctionName);
      return {
        ...(reservedConcurrency !== undefined && { ReservedConcurrentExecutions: reservedConcurrency }),
      };
    },
  };
}

function authorize(
  { iam }: LambdaApiContext,
  action: string,
  resource: string,
  { principal }: Request,
): void {
  try {
    if (!principal) throw new Error("Access Denied");
    iam.authorize({
      principal,
      action: `lambda:${action}`,
      resource,
      context: { "aws:SecureTransport": "true" },
    });
  } catch (error) {
    throw new ServiceError("AccessDeniedException", (error as Error).message, { status: 403 });
  }
}

/** Its name, or an arn, with or without a qualifier. */
function nameOf(named: string): string {
  const [, ofArn] = /(?:^|:)function:([^:]+)/.exec(named) ?? [];
  return ofArn ?? named.split(":").at(0) ?? "";
}

function qualifierOf(named: string): string | undefined {
  return /(?:^|:)function:[^:]+:(.+)$/.exec(named)?.[1] ?? /^[^:]+:([^:]+)$/.exec(named)?.[1];
}

function findFunction({ functions, arnPrefix }: LambdaApiContext, named: string): FunctionConfiguration {
  const name = nameOf(named);
  const found = functions
    .all()
    .map(({ pool }) => pool.configuration())
    .find((each) => each.name === name);
  if (found) return found;
  const message = `Function not found: ${arnPrefix}:function:${name}`;
  throw new ServiceError("ResourceNotFoundException", message, { status: 404 });
}

function refuseOthers(fields: object): void {
  const [name] = Object.keys(fields);
  if (name === undefined) return;
  const message = `Expected only Enabled for the update, but received ${name}: deploy the program to change it.`;
  throw new ServiceError("InvalidParameterValueException", message, { status: 400 });
}

function describeMapping(
  { configuration, state, modifiedAt }: MappingState,
  EventSourceMappingArn: string,
): EventSourceMappingConfiguration {
  const { id, maximumConcurrency, provisionedPollers: pollers } = configuration;
  return {
    UUID: id,
    EventSourceMappingArn,
    EventSourceArn: configuration.eventSourceArn,
    FunctionArn: configuration.functionArn,
    BatchSize: configuration.batchSize,
    MaximumBatchingWindowInSeconds: configuration.batchWindowSeconds,
    FunctionResponseTypes: configuration.reportBatchItemFailures ? ["ReportBatchItemFailures"] : [],
    ...(pollers
      ? { ProvisionedPollerConfig: { MinimumPollers: pollers.minimum, MaximumPollers: pollers.maximum } }
      : maximumConcurrency !== undefined && {
          ScalingConfig: { MaximumConcurrency: maximumConcurrency },
        }),
    State: state,
    StateTransitionReason: "USER_INITIATED",
    LastModified: modifiedAt,
  };
}

function describeFunction(configuration: FunctionConfiguration): FunctionDescription {
  const { architectures = ["x86_64"] } = configuration;
  return {
    FunctionName: configuration.name,
    FunctionArn: configuration.arn,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    Runtime: "nodejs24.x",
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMiB,
    Architectures: architectures as FunctionDescription["Architectures"] & {},
    Environment: { Variables: configuration.environment },
    PackageType: "Zip",
    Version: "$LATEST",
    State: "Active",
    LastUpdateStatus: "Successful",
  };
}
