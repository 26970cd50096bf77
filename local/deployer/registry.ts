// What a program has declared so far: its resources by urn, each made real in the order the program's own dependencies ask
// for. The first failure ends the deployment; what comes after it is refused.
import { DeploymentError } from "./deployment-error.ts";
import type { Declared, Made } from "./resource-type.ts";
import type { Inputs } from "./values.ts";

interface Registration {
  type: string;
  name: string;
  /** The parent's urn; empty for the stack itself. */
  parent: string;
  /** False for components, which are only names for what they contain. */
  custom: boolean;
  inputs: Inputs;
  /** The urns of what it must come after. */
  dependsOn: string[];
  /** By input: the urns of the resources whose outputs are in it. */
  propertyDependencies: Record<string, string[]>;
  protect: boolean;
  /** `/…/infra/queues.ts:12` */
  declaredAt: string;
}

export interface RegisteredResource extends Registration {
  urn: string;
}

interface Registered {
  urn: string;
  id: string;
  outputs: Inputs;
}

export interface Registry {
  register(registration: Registration): Promise<Registered>;
  setOutputs(urn: string, outputs: Inputs): void;
  stackUrn(): string;
  /** Of the stack; undefined until the program has given them. */
  outputs(): Inputs | undefined;
  /** Those that were made, components too. */
  resources: RegisteredResource[];
  /** Keeps the first. */
  fail(message: string): void;
  failure(): DeploymentError | undefined;
}

const STACK_TYPE = "pulumi:pulumi:Stack";

export function createRegistry(
  project: string,
  stack: string,
  make: (declared: Declared) => Promise<Made>,
): Registry {
  const urns = new Set<string>();
  const resources: RegisteredResource[] = [];
  let stackUrn = "";
  let stackOutputs: Inputs | undefined;
  let failure: DeploymentError | undefined;

  function urnOf({ type, name, parent }: Registration): string {
    const parentTypes = parent === "" || parent === stackUrn ? "" : `${parent.split("::")[2]}$`;
    return `urn:pulumi:${stack}::${project}::${parentTypes}${type}::${name}`;
  }

  async function register(registration: Registration): Promise<Registered> {
    const { type, name, custom, inputs, declaredAt } = registration;
    if (failure) throw failure;
    const urn = urnOf(registration);
    try {
      if (urns.has(urn)) throw new Error("Duplicate resource URN; try giving it a unique name");
      urns.add(urn);
      if (type === STACK_TYPE) stackUrn = urn;
      const { id, outputs } = custom ? await make({ type, name, urn, inputs }) : { id: "", outputs: {} };
      resources.push({ ...registration, urn });
      if (!custom) return { urn, id, outputs };
      return { urn, id, outputs: { ...inputs, ...outputs } };
    } catch (error) {
      failure ??= new DeploymentError(`${urn}: ${(error as Error).message}\n  declared at ${declaredAt}`);
      throw failure;
    }
  }

  return {
    register,
    resources,
    stackUrn: () => stackUrn,
    outputs: () => stackOutputs,
    setOutputs(urn, outputs) {
      if (urn === stackUrn) stackOutputs = outputs;
    },
    fail(message) {
      failure ??= new DeploymentError(message);
    },
    failure: () => failure,
  };
}
