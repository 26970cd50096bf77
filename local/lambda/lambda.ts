// AWS Lambda on one machine: functions, and the event source mappings that feed them from queues. Nothing of it is on disk:
// whoever starts the cloud puts functions and mappings again.
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud.ts";
import type { Credentials } from "../iam/iam.ts";
import { inProcess } from "../protocol/http.ts";
import { ServiceError } from "../protocol/model.ts";
import { type Mapping, type MappingConfiguration, startMapping } from "./event-source-mapping.ts";
import type { Fate } from "./fate.ts";
import type { FunctionConfiguration, Log } from "./function.ts";
import { checkBatching, checkRole, checkVisibility } from "./mapping-checks.ts";
import { createPool, type Pool } from "./pool.ts";

export interface LambdaOptions {
  /** Processes per function, whatever the concurrency that its mappings ask for. */
  maximumEnvironments: number;
  /** How long the invocations under way may go on when Lambda is closed. */
  closeGraceMs?: number;
  /** What befalls the process of the next invocation: nothing, when absent. */
  fate?(): Fate | undefined;
  log: Log;
}

export interface Lambda {
  /** Creates or replaces. Throws when the role does not let Lambda assume it. */
  putFunction(configuration: FunctionConfiguration): void;
  /** Creates or replaces. Rejects with what AWS would refuse. */
  putEventSourceMapping(configuration: MappingConfiguration): Promise<void>;
  /** Lets the invocations under way end, for a while, and kills what is left. */
  close(): Promise<void>;
}

interface DeployedFunction {
  pool: Pool;
  credentials: Credentials;
}

const CLOSE_GRACE_MS = 5000;

export function createLambda(cloud: Cloud, options: LambdaOptions): Lambda {
  const { closeGraceMs = CLOSE_GRACE_MS, log } = options;
  const functions = new Map<string, DeployedFunction>();
  const mappings = new Map<string, Mapping>();

  function putFunction(configuration: FunctionConfiguration): void {
    const { arn, name, roleArn } = configuration;
    const credentials = cloud.iam.assumeRole(roleArn, "lambda.amazonaws.com", name);
    const surroundings = { endpoint: cloud.endpoint, region: cloud.region, credentials };
    const pool = functions.get(arn)?.pool;
    pool?.configure(configuration, surroundings);
    functions.set(arn, {
      credentials,
      pool: pool ?? createPool(configuration, surroundings, options),
    });
  }

  async function putEventSourceMapping(configuration: MappingConfiguration): Promise<void> {
    const { id, functionArn, eventSourceArn, enabled } = configuration;
    const { pool, credentials } = functionOf(functionArn);
    const { name, timeoutSeconds } = pool.configuration();
    const sqs = sqsClient(credentials);
    const queueUrl = `${cloud.endpoint}/${cloud.accountId}/${eventSourceArn.split(":").at(-1)}`;
    const principal = cloud.iam.lookup(credentials.accessKeyId)?.principal;
    checkBatching(configuration);
    if (principal) checkRole(cloud.iam, principal, eventSourceArn);
    await checkVisibility(sqs, queueUrl, timeoutSeconds);
    await mappings.get(id)?.stop();
    mappings.delete(id);
    if (!enabled) return;
    const report = (problem: string) => {
      log({
        functionName: name,
        requestId: undefined,
        line: `Event source mapping ${id}: ${problem}`,
        stream: "platform",
      });
    };
    mappings.set(id, startMapping(configuration, { sqs, queueUrl, pool, report }));
  }

  function functionOf(arn: string): DeployedFunction {
    const deployed = functions.get(arn);
    if (deployed) return deployed;
    throw new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });
  }

  function sqsClient(credentials: Credentials): SQSClient {
    const { endpoint, region, handle } = cloud;
    return new SQSClient({ endpoint, region, credentials, requestHandler: inProcess(handle) });
  }

  return {
    putFunction,
    putEventSourceMapping,
    async close() {
      const killAll = () => {
        for (const { pool } of functions.values()) pool.kill();
      };
      const grace = setTimeout(killAll, closeGraceMs);
      await Promise.all([...mappings.values()].map((mapping) => mapping.stop()));
      clearTimeout(grace);
      killAll();
    },
  };
}
