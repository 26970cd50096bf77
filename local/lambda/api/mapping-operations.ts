// The operations on event source mappings. https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
import { randomUUID } from "node:crypto";
import type {
  CreateEventSourceMappingRequest,
  DeleteEventSourceMappingRequest,
  GetEventSourceMappingRequest,
  ListEventSourceMappingsRequest,
  UpdateEventSourceMappingRequest,
} from "@aws-sdk/client-lambda";
import { checkConstraints, inRange } from "../../protocol/constraints.ts";
import type { RestJsonHandler } from "../../protocol/rest-json.ts";
import type { MappingConfiguration } from "../mappings/event-source-mapping.ts";
import { checkConflict, checkMapping } from "../mappings/mapping-checks.ts";
import type { MappingState } from "../mappings/mappings.ts";
import { DEFAULT_POLLERS, type Limits } from "../mappings/scaling.ts";
import { invalid, mappingNotFound, refuseOthers } from "../refusals.ts";
import { deleteMapping, type KeptMapping, keptMapping, keptMappings, writeMapping } from "../tables.ts";
import { authorize, functionArn, type LambdaApiContext, mappingArn } from "./api-context.ts";
import { describeMapping } from "./descriptions.ts";
import { pageOf } from "./pages.ts";

const PAGE_LENGTH = 100;

/** By their names in the model. */
export function mappingHandlers(context: LambdaApiContext): Record<string, RestJsonHandler> {
  const { mappings } = context;
  const describe = (state: MappingState) =>
    describeMapping(state, mappingArn(context, state.configuration.id));
  return {
    async CreateEventSourceMapping(input: CreateEventSourceMappingRequest, request) {
      authorize(context, "CreateEventSourceMapping", "*", request);
      const configuration = created(context, input);
      await check(context, configuration);
      return describe(mappings.create(await write(context, () => configuration)));
    },
    async GetEventSourceMapping({ UUID = "" }: GetEventSourceMappingRequest, request) {
      authorize(context, "GetEventSourceMapping", mappingArn(context, UUID), request);
      return describe(mappings.find(UUID));
    },
    async ListEventSourceMappings(input: ListEventSourceMappingsRequest, request) {
      const { EventSourceArn, FunctionName, ...asked } = input;
      authorize(context, "ListEventSourceMappings", "*", request);
      checkConstraints(inRange("MaxItems", asked.MaxItems, 1, 10_000));
      const wanted = FunctionName === undefined ? undefined : functionArn(context, FunctionName);
      const found = mappings
        .all()
        .filter(({ configuration: { functionArn: arn } }) => (wanted ?? arn) === arn)
        .filter(({ configuration: { eventSourceArn: arn } }) => (EventSourceArn ?? arn) === arn);
      const { page, ...more } = pageOf(found, ({ configuration }) => configuration.id, asked, PAGE_LENGTH);
      return { EventSourceMappings: page.map(describe), ...more };
    },
    async UpdateEventSourceMapping({ UUID = "", ...changes }: UpdateEventSourceMappingRequest, request) {
      authorize(context, "UpdateEventSourceMapping", mappingArn(context, UUID), request);
      const { configuration: before, isKept } = mappings.checkSettled(UUID, "update");
      if (!isKept) {
        const configuration = { ...before, ...switchOf(changes) };
        return describe(mappings.update({ configuration, modifiedAt: new Date() }));
      }
      const settings = settingsOf(context, changes);
      const { Enabled: _, ...others } = changes; // It can be disabled when its function, say, is gone.
      if (Object.keys(others).length > 0) await check(context, { ...before, ...settings });
      mappings.checkSettled(UUID, "update"); // Somebody else may have changed it meanwhile.
      return describe(mappings.update(await write(context, () => changed(context, UUID, settings))));
    },
    async DeleteEventSourceMapping({ UUID = "" }: DeleteEventSourceMappingRequest, request) {
      authorize(context, "DeleteEventSourceMapping", mappingArn(context, UUID), request);
      const { isKept } = mappings.checkSettled(UUID, "delete");
      if (!isKept)
        throw invalid(
          `Expected a mapping that CreateEventSourceMapping made for UUID, but received ${UUID}: deploy the program to change it.`,
        );
      const { database } = context.cloud;
      await database.write(() => deleteMapping(database, UUID));
      return describe(mappings.remove(UUID));
    },
  };
}

async function check(context: LambdaApiContext, configuration: MappingConfiguration): Promise<void> {
  const { cloud, functions, mappings, queueUrlOf } = context;
  const there = mappings.all().map(({ configuration: each }) => each);
  await checkMapping(configuration, { iam: cloud.iam, functions, mappings: there, queueUrlOf });
}

/** What was checked before is checked again, in the same transaction. */
async function write(
  { cloud: { database } }: LambdaApiContext,
  wanted: () => MappingConfiguration,
): Promise<KeptMapping> {
  return await database.write(() => {
    const kept = { configuration: wanted(), modifiedAt: new Date() };
    const there = keptMappings(database).map(({ configuration }) => configuration);
    checkConflict(kept.configuration, there);
    writeMapping(database, kept);
    return kept;
  });
}

/** Of the row as it is by now, so that of two changes at once none is lost. */
function changed(
  { cloud: { database } }: LambdaApiContext,
  id: string,
  settings: Partial<MappingConfiguration>,
): MappingConfiguration {
  const before = keptMapping(database, id)?.configuration;
  if (!before) throw mappingNotFound();
  return { ...before, ...settings };
}

/** Of a mapping that a program declares: all else would be gone with the next start, or the program would undo it. */
function switchOf({ Enabled, ...others }: Settings): Partial<MappingConfiguration> {
  const [name] = Object.keys(others);
  if (name !== undefined)
    throw invalid(
      `Expected only Enabled for the update, but received ${name}: deploy the program to change it.`,
    );
  return Enabled === undefined ? {} : { enabled: Enabled };
}

function created(context: LambdaApiContext, input: CreateEventSourceMappingRequest): MappingConfiguration {
  const { EventSourceArn, ...others } = input;
  if (EventSourceArn === undefined) throw invalid("Unrecognized event source.");
  if (!/^arn:[^:]+:sqs:[^:]+:\d+:[\w-]+$/.test(EventSourceArn))
    throw invalid(`Expected the arn of a standard queue for EventSourceArn, but received ${EventSourceArn}.`);
  return {
    ...{ id: randomUUID(), functionArn: "", eventSourceArn: EventSourceArn, enabled: true },
    ...{ batchSize: 10, batchWindowSeconds: 0, reportBatchItemFailures: false },
    ...settingsOf(context, others),
  };
}

type Settings = Omit<UpdateEventSourceMappingRequest, "UUID">;

/** What a request sets, and no more. Empty settings take back what was set before. */
function settingsOf(context: LambdaApiContext, input: Settings): Partial<MappingConfiguration> {
  const { FunctionName, Enabled, BatchSize, MaximumBatchingWindowInSeconds: window, ...more } = input;
  const { FunctionResponseTypes: types, ScalingConfig, ProvisionedPollerConfig, ...others } = more;
  refuseOthers(others);
  return {
    ...(FunctionName !== undefined && { functionArn: functionArn(context, FunctionName) }),
    ...(Enabled !== undefined && { enabled: Enabled }),
    ...(BatchSize !== undefined && { batchSize: BatchSize }),
    ...(window !== undefined && { batchWindowSeconds: window }),
    ...(types !== undefined && { reportBatchItemFailures: types.includes("ReportBatchItemFailures") }),
    ...limitsOf({ ScalingConfig, ProvisionedPollerConfig }),
  };
}

function limitsOf({ ScalingConfig: scaling, ProvisionedPollerConfig: pollers }: Settings): Limits {
  const { MinimumPollers, MaximumPollers } = pollers ?? {};
  const isProvisioned = MinimumPollers !== undefined || MaximumPollers !== undefined;
  const provisionedPollers = isProvisioned
    ? {
        minimum: MinimumPollers ?? DEFAULT_POLLERS.minimum,
        maximum: MaximumPollers ?? DEFAULT_POLLERS.maximum,
      }
    : undefined;
  return {
    ...(scaling && { maximumConcurrency: scaling.MaximumConcurrency }),
    ...(pollers && { provisionedPollers }),
  };
}
