// What a program has declared so far: its resources by urn, each made real in the order the program's own dependencies ask
// for. The first failure ends the deployment; what comes after it is refused.
import { DeploymentError } from "./deployment-error.ts";
import type { Declared, Target } from "./resource-type.ts";
import { record, resourceTypes } from "./resource-types.ts";
import type { Inputs } from "./values.ts";

interface Registration {
  type: string;
  name: string;
  /** The parent's urn; empty for the stack itself. */
  parent: string;
  /** False for components, which are only names for what they contain. */
  custom: boolean;
  inputs: Inputs;
  /** `infra/queues.ts:12` */
  declaredAt: string;
}

export interface DeployedResource extends Declared {
  state: "deployed" | "recorded";
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
  resources: DeployedResource[];
  /** Keeps the first. */
  fail(message: string): void;
  failure(): DeploymentError | undefined;
}

const STACK_TYPE = "pulumi:pulumi:Stack";

export function createRegistry(project: string, stack: string, target: Target): Registry {
  const urns = new Set<string>();
  const resources: DeployedResource[] = [];
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
      if (!custom) return { urn, id: "", outputs: {} };
      const { id, outputs } = await make({ type, name, urn, inputs });
      return { urn, id, outputs: { ...inputs, ...outputs } };
    } catch (error) {
      failure ??= new DeploymentError(`${urn}: ${(error as Error).message}\n  declared at ${declaredAt}`);
      throw failure;
    }
  }

  async function make(declared: Declared) {
    const type = resourceTypes[declared.type];
    const made = type ? await type(declared as Declared<never>, target) : record(declared, target);
    resources.push({ ...declared, state: type ? "deployed" : "recorded" });
    return made;
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
