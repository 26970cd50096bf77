// Roles for the tests of one `describe`, and policy documents.
import type { CreateRoleCommandInput, Role } from "@aws-sdk/client-iam";
import { newName, type Target } from "../target.ts";

type Statement = Record<string, unknown>;

export const LAMBDA = { Service: "lambda.amazonaws.com" };

export const document = (...Statement: Statement[]) => JSON.stringify({ Version: "2012-10-17", Statement });

export const trust = (Principal: unknown, more: Statement = {}) =>
  document({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more });

export const allow = (Action: string | string[], Resource = "*") =>
  document({ Effect: "Allow", Action, Resource });

/** What AWS always tells of a role. */
type Told = { [Field in "RoleName" | "RoleId" | "Arn" | "Path"]: string } & Role;
export type MakeRole = (asked?: Partial<CreateRoleCommandInput>) => Promise<Told>;

/** Makes roles that Lambda may assume, unless told otherwise, and removes them in the end. */
export function useRoles(target: Target): MakeRole {
  const names: string[] = [];
  after(async () => {
    for (const name of names) await removeRole(target, name);
  });
  return async (asked = {}) => {
    const defaults = { RoleName: newName(), AssumeRolePolicyDocument: trust(LAMBDA) };
    const { Role } = await target.iam.createRole({ ...defaults, ...asked });
    names.push(Role?.RoleName ?? "");
    return Role as Told;
  };
}

/** With its policies; nothing, when it is gone already. */
export async function removeRole({ iam }: Target, RoleName: string): Promise<void> {
  try {
    const { PolicyNames = [] } = await iam.listRolePolicies({ RoleName });
    for (const PolicyName of PolicyNames) await iam.deleteRolePolicy({ RoleName, PolicyName });
    await iam.deleteRole({ RoleName });
  } catch (error) {
    if ((error as Error).name !== "NoSuchEntityException") throw error;
  }
}
