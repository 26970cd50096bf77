// How functions and mappings are told.
// https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
// https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
import type {
  EventSourceMappingConfiguration,
  FunctionConfiguration as FunctionDescription,
} from "@aws-sdk/client-lambda";
import type { FunctionConfiguration } from "../function.ts";
import type { MappingState } from "../mappings/mappings.ts";

const RUNTIME = "nodejs24.x";

export function describeFunction(
  configuration: Omit<FunctionConfiguration, "codeDirectory">,
  arn = configuration.arn,
): FunctionDescription {
  const { architectures = ["x86_64"], runtime = RUNTIME, description = "", revision } = configuration;
  const { deadLetterTargetArn } = configuration;
  return {
    FunctionName: configuration.name,
    FunctionArn: arn,
    Role: configuration.roleArn,
    Handler: configuration.handler,
    Runtime: runtime as FunctionDescription["Runtime"] & {},
    Description: description,
    Timeout: configuration.timeoutSeconds,
    MemorySize: configuration.memoryMiB,
    Architectures: architectures as FunctionDescription["Architectures"] & {},
    Environment: { Variables: configuration.environment },
    PackageType: "Zip",
    Version: "$LATEST",
    ...(deadLetterTargetArn !== undefined && { DeadLetterConfig: { TargetArn: deadLetterTargetArn } }),
    ...(revision && {
      CodeSha256: revision.codeSha256,
      CodeSize: revision.codeBytes,
      LastModified: revision.modifiedAt,
      RevisionId: revision.id,
    }),
    State: "Active",
    LastUpdateStatus: "Successful",
  };
}

const REASON = "The function is being created.";

/** The answer to a creation: whoever asks again hears that it is active. */
export function describeCreated(configuration: Omit<FunctionConfiguration, "codeDirectory">) {
  const { LastUpdateStatus: _, ...description } = describeFunction(configuration);
  return { ...description, State: "Pending", StateReason: REASON, StateReasonCode: "Creating" } as const;
}

/** The answer to an update, of which Lambda says the same. */
export function describeUpdated(configuration: Omit<FunctionConfiguration, "codeDirectory">) {
  const description = describeFunction(configuration);
  return { ...description, LastUpdateStatus: "InProgress", LastUpdateStatusReason: REASON } as const;
}

export function describeMapping(
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
    ...(pollers && {
      ProvisionedPollerConfig: { MinimumPollers: pollers.minimum, MaximumPollers: pollers.maximum },
    }),
    ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    State: state,
    StateTransitionReason: "USER_INITIATED",
    LastModified: modifiedAt,
  };
}
