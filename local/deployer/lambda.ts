// Functions and their event source mappings.
import { DEFAULT_POLLERS, type Limits } from "../lambda/mappings/scaling.ts";
import { codeDirectory } from "./code-directory.ts";
import { physicalName, physicalUuid } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";
import type { Code } from "./values.ts";

interface FunctionInputs {
  name?: string;
  role: string;
  code?: Code;
  handler?: string;
  timeout?: number;
  memorySize?: number;
  architectures?: string[];
  publish?: boolean;
  /** -1 reserves nothing. */
  reservedConcurrentExecutions?: number;
  environment?: { variables?: Record<string, string> };
  deadLetterConfig?: { targetArn: string };
}

interface AliasInputs {
  name: string;
  /** Its name or its arn. */
  functionName: string;
  functionVersion: string;
  routingConfig?: unknown;
}

interface MappingInputs {
  /** Its name or its arn, or that of an alias. */
  functionName: string;
  eventSourceArn?: string;
  batchSize?: number;
  maximumBatchingWindowInSeconds?: number;
  functionResponseTypes?: string[];
  scalingConfig?: { maximumConcurrency?: number };
  provisionedPollerConfig?: { minimumPollers?: number; maximumPollers?: number };
  filterCriteria?: unknown;
  enabled?: boolean;
}

/** A deployment replaces the function: there are no earlier versions, and this is the number of the one there is. */
const PUBLISHED_VERSION = "1";

export const lambdaTypes: Record<string, Make> = {
  "aws:lambda/function:Function": makeFunction,
  "aws:lambda/alias:Alias": makeAlias,
  "aws:lambda/eventSourceMapping:EventSourceMapping": makeMapping,
};

async function makeFunction(declared: Declared<FunctionInputs>, target: Target): Promise<Made> {
  const {
    name = physicalName(declared, 64),
    role,
    code,
    handler,
    timeout = 3,
    memorySize = 128,
    architectures,
    publish = false,
    reservedConcurrentExecutions: reservedConcurrency = -1,
    environment,
    deadLetterConfig,
  } = declared.inputs;
  const directory = code && codeDirectory(code, target);
  if (directory === undefined || handler === undefined) {
    throw new Error(
      "Expected a FileArchive of a folder for code, and a handler: only Node.js functions run here.",
    );
  }
  const arn = functionArn(name, target);
  const version = publish ? PUBLISHED_VERSION : "$LATEST";
  target.lambda.putFunction({
    name,
    arn,
    roleArn: role,
    codeDirectory: directory,
    handler,
    version,
    timeoutSeconds: timeout,
    memoryMiB: memorySize,
    ...(architectures && { architectures }),
    ...(reservedConcurrency >= 0 && { reservedConcurrency }),
    environment: environment?.variables ?? {},
    ...(deadLetterConfig && { deadLetterTargetArn: deadLetterConfig.targetArn }),
  });
  return { id: name, outputs: { name, arn, qualifiedArn: `${arn}:${version}`, version } };
}

async function makeAlias({ inputs }: Declared<AliasInputs>, target: Target): Promise<Made> {
  const { name, functionName, functionVersion, routingConfig } = inputs;
  if (![PUBLISHED_VERSION, "$LATEST"].includes(functionVersion) || routingConfig !== undefined) {
    throw new Error(
      `Expected the version deployed last, and no other, for an alias, but received ${functionVersion}.`,
    );
  }
  const ofFunction = functionName.startsWith("arn:") ? functionName : functionArn(functionName, target);
  const arn = `${ofFunction}:${name}`;
  target.lambda.putAlias(arn, ofFunction);
  return { id: arn, outputs: { arn } };
}

async function makeMapping(declared: Declared<MappingInputs>, target: Target): Promise<Made> {
  const { functionName, eventSourceArn = "", filterCriteria, enabled = true, ...inputs } = declared.inputs;
  if (filterCriteria !== undefined)
    throw new Error("Expected no filterCriteria: events are not filtered here.");
  const id = physicalUuid(declared);
  const arn = functionName.startsWith("arn:") ? functionName : functionArn(functionName, target);
  await target.lambda.putEventSourceMapping({
    id,
    functionArn: arn,
    eventSourceArn,
    batchSize: inputs.batchSize ?? 10,
    batchWindowSeconds: inputs.maximumBatchingWindowInSeconds ?? 0,
    ...limitsOf(inputs),
    reportBatchItemFailures: inputs.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false,
    enabled,
  });
  const mappingArn = `arn:aws:lambda:${target.region}:${target.accountId}:event-source-mapping:${id}`;
  const state = enabled ? "Enabled" : "Disabled";
  return { id, outputs: { uuid: id, arn: mappingArn, functionArn: arn, state } };
}

function limitsOf({ scalingConfig, provisionedPollerConfig }: Partial<MappingInputs>): Limits {
  const { maximumConcurrency } = scalingConfig ?? {};
  if (!provisionedPollerConfig) return maximumConcurrency === undefined ? {} : { maximumConcurrency };
  const { minimumPollers, maximumPollers } = provisionedPollerConfig;
  return {
    provisionedPollers: {
      minimum: minimumPollers ?? DEFAULT_POLLERS.minimum,
      maximum: maximumPollers ?? DEFAULT_POLLERS.maximum,
    },
  };
}

function functionArn(name: string, { region, accountId }: Target): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}
