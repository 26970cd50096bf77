// The functions that there are, and by which arns they are called: their own, and those of versions and aliases.
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Cloud } from "../cloud.ts";
import type { Credentials } from "../iam/iam.ts";
import { inProcess } from "../protocol/http.ts";
import { createPool, type Pool, type PoolOptions } from "./environments/pool.ts";
import type { FunctionConfiguration } from "./function.ts";
import { checkDeadLetterQueue, checkFunction } from "./function-checks.ts";
import { functionNotFound } from "./refusals.ts";

export interface PresentFunction {
  pool: Pool;
  /** Of its role. Throws when that does not let Lambda assume it. */
  credentials(): Credentials;
  /** With these credentials. */
  sqs(): SQSClient;
  /** Made by a request: it outlives this process. What a program declares is put again with every start. */
  isKept: boolean;
}

/** Of a function, as it was called. */
export interface Invoked {
  pool: Pool;
  arn: string;
  version: string;
}

/** What is not published; the others have numbers. */
const LATEST = "$LATEST";

export class Functions {
  readonly #cloud: Cloud;
  readonly #options: PoolOptions;
  readonly #byArn = new Map<string, PresentFunction>();
  readonly #aliases = new Map<string, string>();
  readonly #retiring = new Set<Pool>();

  constructor(cloud: Cloud, options: PoolOptions) {
    this.#cloud = cloud;
    this.#options = options;
  }

  /** Throws what AWS would refuse of it, also when its role does not let Lambda assume it. */
  check(configuration: FunctionConfiguration | Omit<FunctionConfiguration, "codeDirectory">): void {
    const { iam } = this.#cloud;
    checkFunction(configuration);
    const principal = iam.lookup(this.#assume(configuration).accessKeyId)?.principal;
    const { deadLetterTargetArn } = configuration;
    if (principal && deadLetterTargetArn !== undefined)
      checkDeadLetterQueue(iam, principal, deadLetterTargetArn);
  }

  /** Creates or replaces. Resolves when nothing runs of what it was before. */
  async put(configuration: FunctionConfiguration, { isKept }: { isKept: boolean }): Promise<void> {
    const { arn } = configuration;
    const { endpoint, region } = this.#cloud;
    const credentials = once(() => this.#assume(configuration));
    const sqs = once(() => this.#sqsClient(credentials()));
    const surroundings = { endpoint, region, credentials };
    const there = this.#byArn.get(arn)?.pool;
    const pool = there ?? createPool(configuration, surroundings, this.#options);
    this.#byArn.set(arn, { pool, credentials, sqs, isKept });
    await there?.configure(configuration, surroundings);
  }

  /** Resolves when nothing of it runs any more. */
  async remove(arn: string): Promise<void> {
    const { pool } = this.find(arn);
    this.#byArn.delete(arn);
    this.#retiring.add(pool);
    await pool.retire();
    this.#retiring.delete(pool);
  }

  putAlias(arn: string, functionArn: string): void {
    this.#aliases.set(arn, this.find(functionArn).pool.configuration().arn);
  }

  all(): FunctionConfiguration[] {
    return [...this.#byArn.values()].map(({ pool }) => pool.configuration());
  }

  /** By its own arn, or by an alias. */
  lookup(arn: string): PresentFunction | undefined {
    return this.#byArn.get(this.#aliases.get(arn) ?? arn);
  }

  find(arn: string): PresentFunction {
    const found = this.lookup(arn);
    if (found) return found;
    throw functionNotFound(arn);
  }

  /** By itself, its version or an alias: there is only one of it, whatever it is called by. */
  invoked(arn: string): Invoked {
    const parts = arn.split(":");
    const [own, qualifier = LATEST] = [parts.slice(0, 7).join(":"), parts[7]];
    const { version = LATEST } = this.#byArn.get(own)?.pool.configuration() ?? {};
    const isOfItself = qualifier === LATEST || qualifier === version;
    const { pool } = this.find(isOfItself ? own : arn);
    return { pool, arn, version: qualifier === LATEST ? LATEST : version };
  }

  kill(): void {
    for (const { pool } of this.#byArn.values()) pool.kill();
    for (const pool of this.#retiring) pool.kill();
  }

  #assume({ roleArn, name }: { roleArn: string; name: string }): Credentials {
    return this.#cloud.iam.assumeRole(roleArn, "lambda.amazonaws.com", name);
  }

  #sqsClient(credentials: Credentials): SQSClient {
    const { endpoint, region, handle } = this.#cloud;
    return new SQSClient({ endpoint, region, credentials, requestHandler: inProcess(handle) });
  }
}

/** Until it does not throw. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
