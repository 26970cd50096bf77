// What a rule is: a sentence that holds for the resources of every stack, and who breaks it. Rules are independent of infra/:
// written against what AWS gets, not against how it came about. Resources are told apart by whose outputs they use, so that
// rules hold for names of any form, and in a preview.

export interface Resource {
  type: string;
  name: string;
  urn: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a resource was declared with is whatever its type takes.
  inputs: Record<string, any>;
  /** By input: the urns of the resources whose outputs are in it. */
  propertyDependencies: Record<string, string[]>;
}

export interface Rule {
  says: string;
  /** Of AWS Foundational Security Best Practices. None: it is a rule of the house. */
  controls: readonly string[];
  offenders(stack: Stack): Resource[];
}

export class Stack {
  readonly resources: readonly Resource[];

  constructor(resources: readonly Resource[]) {
    this.resources = resources;
  }

  of(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** Those of a type whose input has an output of the resource in it. */
  about({ urn }: Resource, type: string, input: string): Resource[] {
    return this.of(type).filter(({ propertyDependencies }) => propertyDependencies[input]?.includes(urn));
  }

  /** The resources whose outputs are in an input. */
  behind({ propertyDependencies }: Resource, input: string): Resource[] {
    const urns = propertyDependencies[input] ?? [];
    return this.resources.filter(({ urn }) => urns.includes(urn));
  }
}

/** For each resource of a type, another one about it that is right. */
export function each(
  type: string,
  companion: readonly [type: string, input: string],
  isRight: (inputs: Resource["inputs"]) => unknown,
): Rule["offenders"] {
  return (stack) =>
    stack
      .of(type)
      .filter((resource) => !stack.about(resource, ...companion).some(({ inputs }) => isRight(inputs)));
}

/** Each resource of a type is right by itself. */
export function every(type: string, isRight: (inputs: Resource["inputs"]) => unknown): Rule["offenders"] {
  return (stack) => stack.of(type).filter(({ inputs }) => !isRight(inputs));
}
