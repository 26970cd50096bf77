// IAM: roles, their policies and sessions, and the decision on every request. In memory: whoever starts the cloud declares
// the roles again.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
import { randomBytes } from "node:crypto";
import { ServiceError } from "../protocol/model.ts";
import { type AccessRequest, type Policy, parsePolicy, roleOfSession } from "./policy.ts";
import type { Principal } from "./principal.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Iam {
  /** Whoever has these may do anything a resource policy does not deny. */
  rootCredentials: Credentials;
  putRole(arn: string, trustPolicy: string): void;
  putRolePolicy(roleArn: string, name: string, policy: string): void;
  /** A session of the role, assumed by a service such as `lambda.amazonaws.com`, or by whom. Throws when the trust policy refuses. */
  assumeRole(roleArn: string, assumer: string | Principal, sessionName: string): Credentials;
  lookup(accessKeyId: string): Identity | undefined;
  /** Throws AccessDenied. */
  authorize(request: AccessRequest & { resourcePolicy?: string }): void;
  /** Throws MalformedPolicyDocument. */
  checkPolicy(policy: string): void;
}

interface Identity {
  secretAccessKey: string;
  /** Of a session: it must come with every request. */
  sessionToken?: string;
  principal: Principal;
}

interface Role {
  trust: Policy;
  policies: Map<string, Policy>;
}

export function createIam(accountId: string): Iam {
  const rootCredentials: Credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const root: Principal = { kind: "root", arn: `arn:aws:iam::${accountId}:root` };
  const identities = new Map<string, Identity>([["local", { secretAccessKey: "local", principal: root }]]);
  const roles = new Map<string, Role>();
  const parsed = new Map<string, Policy>();

  /** Resource policies come as text with every request; each distinct text is read once. */
  function read(policy: string): Policy {
    let known = parsed.get(policy);
    if (!known) {
      known = parsePolicy(policy);
      parsed.set(policy, known);
    }
    return known;
  }

  function identityPolicies({ kind, arn }: Principal): Policy {
    return kind === "role" ? [...(roles.get(roleOfSession(arn))?.policies.values() ?? [])].flat() : [];
  }

  return {
    rootCredentials,
    checkPolicy: (policy) => void read(policy),
    putRole(arn, trustPolicy) {
      roles.set(arn, { trust: read(trustPolicy), policies: roles.get(arn)?.policies ?? new Map() });
    },
    putRolePolicy(roleArn, name, policy) {
      const role = roles.get(roleArn);
      if (!role)
        throw new ServiceError("NoSuchEntity", `The role ${roleArn} cannot be found.`, { status: 404 });
      role.policies.set(name, read(policy));
    },
    assumeRole(roleArn, assumer, sessionName) {
      const asked: AccessRequest = {
        principal: typeof assumer === "string" ? { kind: "service", arn: assumer } : assumer,
        action: "sts:AssumeRole",
        resource: roleArn,
        context: {},
      };
      if (!allows(roles.get(roleArn)?.trust ?? [], asked)) {
        throw new ServiceError(
          "InvalidParameterValueException",
          "The role defined for the function cannot be assumed by Lambda.",
          { status: 400 },
        );
      }
      const credentials = {
        accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
        secretAccessKey: secret(),
        sessionToken: secret(),
      };
      const arn = `arn:aws:sts::${accountId}:assumed-role/${roleArn.split("/").at(-1)}/${sessionName}`;
      const { accessKeyId, ...identity } = credentials;
      identities.set(accessKeyId, { ...identity, principal: { kind: "role", arn } });
      return credentials;
    },
    lookup: (accessKeyId) => identities.get(accessKeyId),
    authorize({ resourcePolicy, ...asked }) {
      const request = {
        ...asked,
        context: { ...aboutPrincipal(asked.principal, accountId), ...asked.context },
      };
      const resource = resourcePolicy === undefined ? [] : read(resourcePolicy);
      const identity = identityPolicies(request.principal);
      const denied = [...resource, ...identity].some(
        ({ effect, appliesTo }) => effect === "Deny" && appliesTo(request),
      );
      const allowed =
        request.principal.kind === "root" || allows(resource, request) || allows(identity, request);
      if (denied || !allowed) throw accessDenied(request, denied);
    },
  };
}

function allows(policy: Policy, request: AccessRequest): boolean {
  return policy.some(({ effect, appliesTo }) => effect === "Allow" && appliesTo(request));
}

function aboutPrincipal({ kind, arn }: Principal, accountId: string): Record<string, string> {
  if (kind === "service") return { "aws:PrincipalIsAWSService": "true" };
  return {
    "aws:PrincipalIsAWSService": "false",
    "aws:PrincipalAccount": accountId,
    "aws:PrincipalArn": roleOfSession(arn),
  };
}

function secret(): string {
  return randomBytes(30).toString("base64url");
}

function accessDenied({ principal, action, resource }: AccessRequest, denied: boolean): ServiceError {
  const policies = principal.kind === "service" ? "resource-based" : "identity-based";
  const why = denied ? "with an explicit deny" : `because no ${policies} policy allows the ${action} action`;
  const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${why}`;
  return new ServiceError("AccessDenied", message, { status: 403 });
}
