// The functions that there are, and by which arns they are called: their own, and those of versions and aliases.
import type { Credentials } from "../iam/iam.ts";
import { ServiceError } from "../protocol/model.ts";
import type { Invoked } from "./invoke.ts";
import type { Pool } from "./pool.ts";

interface DeployedFunction {
  pool: Pool;
  credentials: Credentials;
}

/** What is not published; the others have numbers. */
const LATEST = "$LATEST";

export class Functions {
  readonly #byArn = new Map<string, DeployedFunction>();
  readonly #aliases = new Map<string, string>();

  put(arn: string, deployed: DeployedFunction): void {
    this.#byArn.set(arn, deployed);
  }

  putAlias(arn: string, functionArn: string): void {
    this.#aliases.set(arn, this.find(functionArn).pool.configuration().arn);
  }

  all(): DeployedFunction[] {
    return [...this.#byArn.values()];
  }

  poolOf(arn: string): Pool | undefined {
    return this.#byArn.get(arn)?.pool;
  }

  find(arn: string): DeployedFunction {
    const deployed = this.#byArn.get(this.#aliases.get(arn) ?? arn);
    if (deployed) return deployed;
    throw new ServiceError("ResourceNotFoundException", `Function not found: ${arn}`, { status: 404 });
  }

  /** By itself, its version or an alias: there is only one of it, whatever it is called by. */
  invoked(arn: string): Invoked {
    const parts = arn.split(":");
    const [own, qualifier = LATEST] = [parts.slice(0, 7).join(":"), parts[7]];
    const { version = LATEST } = this.poolOf(own)?.configuration() ?? {};
    const isOfItself = qualifier === LATEST || qualifier === version;
    const { pool } = this.find(isOfItself ? own : arn);
    return { pool, arn, version: qualifier === LATEST ? LATEST : version };
  }
}
