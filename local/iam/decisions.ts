// Who may do what: by the policies of the role that asks, and those of what is asked for.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { ServiceError } from "../protocol/model.ts";
import { type AccessRequest, type Policy, parsePolicy } from "./policy.ts";
import { actsAs, type Principal } from "./principal.ts";
import type { Role } from "./roles.ts";

export interface Decisions {
  /** Throws AccessDenied. */
  authorize(request: AccessRequest & { resourcePolicy?: string }): void;
  /** Whether the role's trust policy and, where that leaves it to the account, the principal's own let it. */
  mayAssume(role: Role, assumer: Principal, conditions: Record<string, string>): boolean;
  /** Throws MalformedPolicyDocument. */
  checkPolicy(policy: string): void;
}

export function createDecisions(root: Principal, findRole: (arn: string) => Role | undefined): Decisions {
  const [, , , , accountId = ""] = root.arn.split(":");
  const parsed = new Map<string, Policy>();

  /** Policies come as text with every request; each distinct text is read once. */
  function read(policy: string): Policy {
    let known = parsed.get(policy);
    if (!known) {
      known = parsePolicy(policy);
      parsed.set(policy, known);
    }
    return known;
  }

  function identityPolicies({ role }: Principal): Policy {
    const found = role === undefined ? undefined : findRole(role);
    return found ? Object.values(found.policies).flatMap(read) : [];
  }

  return {
    checkPolicy: (policy) => void read(policy),
    authorize({ resourcePolicy, ...asked }) {
      const { principal } = asked;
      const request = { ...asked, context: { ...aboutPrincipal(principal, accountId), ...asked.context } };
      const resource = resourcePolicy === undefined ? [] : read(resourcePolicy);
      const identity = identityPolicies(principal);
      const denied = denies([...resource, ...identity], request);
      const allowed = principal.kind === "root" || allows(resource, request) || allows(identity, request);
      if (denied || !allowed) throw accessDenied(request, denied);
    },
    mayAssume({ arn, trust }, assumer, conditions) {
      const context = { ...aboutPrincipal(assumer, accountId), ...conditions };
      const asked = { principal: assumer, action: "sts:AssumeRole", resource: arn, context };
      const trusted = read(trust);
      const identity = identityPolicies(assumer);
      if (denies([...trusted, ...identity], asked)) return false;
      if (allows(trusted, asked)) return true;
      return allows(trusted, { ...asked, principal: root }) && allows(identity, asked);
    },
  };
}

function allows(policy: Policy, request: AccessRequest): boolean {
  return policy.some(({ effect, appliesTo }) => effect === "Allow" && appliesTo(request));
}

function denies(policy: Policy, request: AccessRequest): boolean {
  return policy.some(({ effect, appliesTo }) => effect === "Deny" && appliesTo(request));
}

function aboutPrincipal(principal: Principal, accountId: string): Record<string, string> {
  if (principal.kind === "service") return { "aws:PrincipalIsAWSService": "true" };
  return {
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalAccount": accountId,
    "aws:PrincipalArn": actsAs(principal),
  };
}

function accessDenied({ principal, action, resource }: AccessRequest, denied: boolean): ServiceError {
  const policies = principal.kind === "service" ? "resource-based" : "identity-based";
  const why = denied ? "with an explicit deny" : `because no ${policies} policy allows the ${action} action`;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${why}`;
  return new ServiceError("AccessDenied", message, { status: 403 });
}
