// The rules as a policy pack: `pulumi up --policy-pack policies`. A stack that breaks one is not deployed.
import { PolicyPack, type PolicyResource, type StackValidationPolicy } from "@pulumi/policy";
import type { Resource, Rule } from "./rule.ts";
import { Stack } from "./rule.ts";
import { RULES } from "./rules.ts";

function toPolicy([name, { says, controls, offenders }]: [string, Rule]): StackValidationPolicy {
  return {
    name,
    description: controls.length === 0 ? says : `${says} (${controls.join(", ")})`,
    enforcementLevel: "mandatory",
    validateStack({ resources }, reportViolation) {
      const stack = new Stack(resources.map(toResource));
      for (const { urn } of offenders(stack)) reportViolation(says, urn);
    },
  };
}

function toResource({ type, name, urn, props, propertyDependencies }: PolicyResource): Resource {
  const urns = Object.entries(propertyDependencies).map(([input, found]) => [
    input,
    found.map((resource) => resource.urn),
  ]);
  return { type, name, urn, inputs: props, propertyDependencies: Object.fromEntries(urns) };
}

new PolicyPack("darkroom", { policies: Object.entries(RULES).map(toPolicy) });
