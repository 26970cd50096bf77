// The role that functions have: Lambda may assume it, and it may use queues and write logs. FUNCTION_ROLE_ARN names one, for
// endpoints that have no IAM; else it is made, once for each file: AWS takes some seconds until Lambda can assume a new one.
import { allow, LAMBDA, removeRole, trust } from "../iam/a-role.ts";
import { newName, type Target, useTarget } from "../target.ts";

export interface FunctionTarget extends Target {
  functionRole: string;
}

export function useFunctionTarget(): FunctionTarget {
  const target = useTarget(async (prepared) => {
    const { FUNCTION_ROLE_ARN: named } = process.env;
    if (named !== undefined) {
      Object.assign(target, { functionRole: named });
      return async () => {};
    }
    const RoleName = newName();
    const { Role } = await prepared.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust(LAMBDA) });
    const PolicyDocument = allow(["sqs:*", "logs:*"]);
    await prepared.iam.putRolePolicy({ RoleName, PolicyName: "function", PolicyDocument });
    Object.assign(target, { functionRole: Role?.Arn });
    return () => removeRole(prepared, RoleName);
  });
  return target as FunctionTarget;
}
