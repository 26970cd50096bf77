// AWS Lambda on one machine: functions, and the event source mappings that feed them from queues. What requests make outlives
// this process; what a program declares is put again by whoever starts the cloud.
//
//   api/           what requests ask for
//   environments/  the processes that functions run in, each for one invocation at a time
//   events/        invocations that nobody waits for
//   mappings/      from queues to functions, batch by batch
import { join } from "node:path";
import * as client from "@aws-sdk/client-lambda";
import type { Cloud } from "../cloud.ts";
import { readModel } from "../protocol/model.ts";
import { createRestJsonServer } from "../protocol/rest-json.ts";
import { lambdaHandlers } from "./api/api.ts";
import type { LambdaApiContext } from "./api/api-context.ts";
import { createCodeFolders } from "./code-folders.ts";
import type { Fate } from "./environments/fate.ts";
import { createEventQueue } from "./events/event-queue.ts";
import type { FunctionConfiguration, Log } from "./function.ts";
import { Functions } from "./functions.ts";
import {
  type Mapping,
  type MappingConfiguration,
  type Scaling,
  startMapping,
} from "./mappings/event-source-mapping.ts";
import { checkMapping } from "./mappings/mapping-checks.ts";
import { Mappings } from "./mappings/mappings.ts";
import { conflict } from "./refusals.ts";
import { keptFunctions, keptMappings, openTables } from "./tables.ts";

export interface LambdaOptions {
  /** Processes per function, whatever the concurrency that its mappings ask for. */
  maximumEnvironments: number;
  /** How mappings scale: with nothing to wait for but environments, when absent. */
  scaling?: Scaling | undefined;
  /** How long the invocations under way may go on when Lambda is closed. */
  closeGraceMs?: number;
  /** What befalls the process of the next invocation: nothing, when absent. */
  fate?(): Fate | undefined;
  log: Log;
}

export interface Lambda {
  /** Creates or replaces. Throws what AWS would refuse, and when a request has made one of that name. */
  putFunction(configuration: FunctionConfiguration): void;
  /** Creates or replaces: another arn of a function that is there. */
  putAlias(arn: string, functionArn: string): void;
  /** Creates or replaces. Rejects with what AWS would refuse. */
  putEventSourceMapping(configuration: MappingConfiguration): Promise<void>;
  /**
   * To be called once the functions and roles of a program are there: starts the mappings that requests made before this
   * process, and lets events lead to invocations.
   */
  resume(): void;
  /** Lets the invocations under way end, for a while, and kills what is left. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5000;

export function createLambda(cloud: Cloud, options: LambdaOptions): Lambda {
  const { closeGraceMs = CLOSE_GRACE_MS, scaling, log } = options;
  const functions = new Functions(cloud, options);
  const mappings = new Mappings(start);
  const folders = createCodeFolders(join(cloud.dataDirectory, "functions"));
  const { database } = cloud;
  const timeScale = scaling?.timeScale ?? 1;
  const events = createEventQueue({ database, functions, queueUrlOf, timeScale, report });
  const context: LambdaApiContext = { cloud, functions, mappings, events, folders, queueUrlOf };
  restore(context);
  cloud.addService("lambda", (front) =>
    createRestJsonServer({ model: readModel(client), handlers: lambdaHandlers(context), ...front }),
  );

  function putFunction(configuration: FunctionConfiguration): void {
    const { arn, name } = configuration;
    if (functions.lookup(arn)?.isKept) throw conflict(`Function already exist: ${name}`);
    functions.check(configuration);
    void functions.put(configuration, { isKept: false });
  }

  async function putEventSourceMapping(configuration: MappingConfiguration): Promise<void> {
    const there = mappings.all().map(({ configuration: each }) => each);
    await checkMapping(configuration, { iam: cloud.iam, functions, mappings: there, queueUrlOf });
    await mappings.put(configuration);
  }

  function start(configuration: MappingConfiguration): Mapping {
    const { id, functionArn, eventSourceArn } = configuration;
    const target = () => {
      const { pool, sqs } = functions.find(functionArn);
      return { pool, sqs: sqs() };
    };
    return startMapping(configuration, {
      ...{ queueUrl: queueUrlOf(eventSourceArn), target, scaling },
      report: (problem) => report(functionArn, `Event source mapping ${id}: ${problem}`),
    });
  }

  function report(functionArn: string, line: string): void {
    const functionName = functionArn.split(":")[6] ?? "";
    log({ functionName, requestId: undefined, line, stream: "platform" });
  }

  function queueUrlOf(arn: string): string {
    return `${cloud.endpoint}/${cloud.accountId}/${arn.split(":").at(-1)}`;
  }

  return {
    putFunction,
    putAlias: (arn, functionArn) => functions.putAlias(arn, functionArn),
    putEventSourceMapping,
    resume() {
      mappings.resume();
      events.resume();
    },
    async close() {
      const grace = setTimeout(() => functions.kill(), closeGraceMs);
      await Promise.all([mappings.stop(), events.stop()]);
      clearTimeout(grace);
      functions.kill();
    },
  };
}

function restore({ cloud: { database }, functions, mappings, folders }: LambdaApiContext): void {
  openTables(database);
  for (const { configuration, zip } of keptFunctions(database))
    void functions.put({ ...configuration, codeDirectory: folders.unpack(zip) }, { isKept: true });
  for (const kept of keptMappings(database)) mappings.restore(kept);
}
