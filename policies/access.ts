// Who may do what: roles and policies of resources.
import type { Resource, Rule } from "./rule.ts";
import { type Statement, statementsOf } from "./statements.ts";

/** What IAM grants for everything or not at all. */
const OF_NO_RESOURCE = [
  "cloudwatch:GetMetricData",
  "lambda:GetAccountSettings",
  "xray:PutTelemetryRecords",
  "xray:PutTraceSegments",
];

export const accessRules: Record<string, Rule> = {
  "least-privilege": {
    says: "Nobody may do everything, or anything to everything.",
    controls: ["IAM.1", "IAM.21", "KMS.1", "KMS.2"],
    offenders: ({ resources }) =>
      resources.filter(({ inputs }) => statementsOf(inputs.policy).some(isTooMuch)),
  },
  "nobody-is-everybody": {
    says: "Only who denies names everybody.",
    controls: ["Lambda.1", "S3.2", "SNS.4", "SQS.3"],
    offenders: ({ resources }) =>
      resources.filter((resource) =>
        documentsOf(resource).some(
          ({ Effect, Principal }) => Effect === "Allow" && JSON.stringify(Principal ?? "").includes("*"),
        ),
      ),
  },
  "no-managed-policies": {
    says: "A role has its own policy, and none of AWS's, which change and are wide.",
    controls: ["IAM.1"],
    offenders: ({ resources }) =>
      resources.filter(
        ({ type, inputs }) =>
          type === "aws:iam/rolePolicyAttachment:RolePolicyAttachment" ||
          (type === "aws:iam/role:Role" && inputs.managedPolicyArns !== undefined),
      ),
  },
};

function documentsOf({ inputs }: Resource): Statement[] {
  return [...statementsOf(inputs.policy), ...statementsOf(inputs.assumeRolePolicy)];
}

function isTooMuch({ Effect, Action, Resource: resource }: Statement): boolean {
  const actions = [Action].flat();
  const isForAll =
    [resource].flat().includes("*") && !actions.every((action) => OF_NO_RESOURCE.includes(action));
  return Effect === "Allow" && (actions.some((action) => action.includes("*")) || isForAll);
}
