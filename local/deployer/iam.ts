// Roles and their policies, which the local IAM enforces.
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";

interface RoleInputs {
  name?: string;
  assumeRolePolicy: string;
  inlinePolicies?: { name?: string; policy?: string }[];
}

interface RolePolicyInputs {
  name?: string;
  /** Its name. */
  role: string;
  policy: string;
}

export const iamTypes: Record<string, Make> = {
  "aws:iam/role:Role": makeRole,
  "aws:iam/rolePolicy:RolePolicy": makeRolePolicy,
};

async function makeRole(declared: Declared<RoleInputs>, { iam, accountId }: Target): Promise<Made> {
  const { name = physicalName(declared, 64), assumeRolePolicy, inlinePolicies = [] } = declared.inputs;
  const arn = roleArn(name, accountId);
  iam.putRole(arn, assumeRolePolicy);
  for (const { name: policyName = "inline", policy } of inlinePolicies) {
    if (policy !== undefined) iam.putRolePolicy(arn, policyName, policy);
  }
  return { id: name, outputs: { name, arn } };
}

async function makeRolePolicy(
  declared: Declared<RolePolicyInputs>,
  { iam, accountId }: Target,
): Promise<Made> {
  const { name = physicalName(declared, 128), role, policy } = declared.inputs;
  iam.putRolePolicy(roleArn(role, accountId), name, policy);
  return { id: `${role}:${name}`, outputs: { name } };
}

function roleArn(name: string, accountId: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}
