// AWS Lambda on one machine: functions, and the event source mappings that feed them from queues. Nothing of it is on disk:
// whoever starts the cloud puts functions and mappings again.
import * as client from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud.ts";
import type { Credentials } from "../iam/iam.ts";
import { inProcess } from "../protocol/http.ts";
import { readModel } from "../protocol/model.ts";
import { createRestJsonServer } from "../protocol/rest-json.ts";
import { type LambdaApiContext, lambdaHandlers } from "./api.ts";
import {
  type Mapping,
  type MappingConfiguration,
  type Scaling,
  startMapping,
} from "./event-source-mapping.ts";
import type { Fate } from "./fate.ts";
import type { FunctionConfiguration, Log } from "./function.ts";
import { Functions } from "./functions.ts";
import { checkBatching, checkRole, checkVisibility } from "./mapping-checks.ts";
import { Mappings } from "./mappings.ts";
import { createPool } from "./pool.ts";

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
  /** Creates or replaces. Throws when the role does not let Lambda assume it. */
  putFunction(configuration: FunctionConfiguration): void;
  /** Creates or replaces: another arn of a function that is there. */
  putAlias(arn: string, functionArn: string): void;
  /** Creates or replaces. Rejects with what AWS would refuse. */
  putEventSourceMapping(configuration: MappingConfiguration): Promise<void>;
  /** Lets the invocations under way end, for a while, and kills what is left. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5000;

export function createLambda(cloud: Cloud, options: LambdaOptions): Lambda {
  const { closeGraceMs = CLOSE_GRACE_MS, scaling, log } = options;
  const functions = new Functions();
  const mappings = new Mappings(start);
  const context: LambdaApiContext = {
    iam: cloud.iam,
    arnPrefix: `arn:aws:lambda:${cloud.region}:${cloud.accountId}`,
    mappings,
    functions,
  };
  cloud.addService("lambda", (front) =>
    createRestJsonServer({ model: readModel(client), handlers: lambdaHandlers(context), ...front }),
  );

  function putFunction(configuration: FunctionConfiguration): void {
    const { arn, name, roleArn } = configuration;
    const credentials = cloud.iam.assumeRole(roleArn, "lambda.amazonaws.com", name);
    const surroundings = { endpoint: cloud.endpoint, region: cloud.region, credentials };
    const pool = functions.poolOf(arn) ?? createPool(configuration, surroundings, options);
    pool.configure(configuration, surroundings);
    functions.put(arn, { pool, credentials });
  }

  async function putEventSourceMapping(configuration: MappingConfiguration): Promise<void> {
    const { functionArn, eventSourceArn } = configuration;
    const { pool, credentials } = functions.find(functionArn);
    const principal = cloud.iam.lookup(credentials.accessKeyId)?.principal;
    checkBatching(configuration);
    if (principal) checkRole(cloud.iam, principal, eventSourceArn);
    const { timeoutSeconds } = pool.configuration();
    await checkVisibility(sqsClient(credentials), queueUrlOf(eventSourceArn), timeoutSeconds);
    await mappings.put(configuration);
  }

  function start(configuration: MappingConfiguration): Mapping {
    const { id, functionArn, eventSourceArn } = configuration;
    const { pool, credentials } = functions.find(functionArn);
    const report = (problem: string) => {
      log({
        functionName: pool.configuration().name,
        requestId: undefined,
        line: `Event source mapping ${id}: ${problem}`,
        stream: "platform",
      });
    };
    const queueUrl = queueUrlOf(eventSourceArn);
    return startMapping(configuration, { sqs: sqsClient(credentials), queueUrl, pool, scaling, report });
  }

  function queueUrlOf(arn: string): string {
    return `${cloud.endpoint}/${cloud.accountId}/${arn.split(":").at(-1)}`;
  }

  function sqsClient(credentials: Credentials): SQSClient {
    const { endpoint, region, handle } = cloud;
    return new SQSClient({ endpoint, region, credentials, requestHandler: inProcess(handle) });
  }

  return {
    putFunction,
    putAlias: (arn, functionArn) => functions.putAlias(arn, functionArn),
    putEventSourceMapping,
    async close() {
      const killAll = () => functions.all().forEach(({ pool }) => void pool.kill());
      const grace = setTimeout(killAll, closeGraceMs);
      await mappings.stop();
      clearTimeout(grace);
      killAll();
    },
  };
}
