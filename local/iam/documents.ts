// What IAM asks of a document besides being a policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
import { ServiceError } from "../protocol/model.ts";
import { malformed, parsePolicy } from "./policy.ts";
import type { Role } from "./roles.ts";

interface Statement {
  Principal?: unknown;
  Action?: string | string[];
  Resource?: unknown;
  NotResource?: unknown;
}

/** One that there is, or a pattern. A name that is only nearly one is refused, as users found at AWS. */
const TRUST_ACTION =
  /^(sts:(AssumeRole(WithSAML|WithWebIdentity)?|SetContext|SetSourceIdentity|TagSession|.*[*?].*)|\*)$/i;
/** Characters; white space is free. */
const MAX_TRUST_LENGTH = 2048;
/** Of all inline policies of a role together. */
const MAX_INLINE_LENGTH = 10_240;

/** Throws MalformedPolicyDocument, or LimitExceeded. */
export function checkTrustPolicy(text: string): void {
  for (const { Principal, Action = [], Resource, NotResource } of statementsOf(text)) {
    if (Resource !== undefined) throw malformed("Has prohibited field Resource");
    if (NotResource !== undefined) throw malformed("Has prohibited field NotResource");
    if (Principal === undefined) throw malformed("Missing required field Principal");
    if (![Action].flat().every((action) => TRUST_ACTION.test(action)))
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  if (sizeOf(text) > MAX_TRUST_LENGTH)
    throw exceeded(`Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_LENGTH}`);
}

/** Throws MalformedPolicyDocument. */
export function checkInlinePolicy(text: string): void {
  for (const { Principal, Resource, NotResource } of statementsOf(text)) {
    if (Principal !== undefined) throw malformed("Policy document should not specify a principal.");
    if ((Resource ?? NotResource) === undefined) throw malformed("Policy statement must contain resources.");
  }
}

/** Throws LimitExceeded. */
export function checkInlineSize({ name, policies }: Role): void {
  const size = Object.values(policies).reduce((sum, policy) => sum + sizeOf(policy), 0);
  if (size > MAX_INLINE_LENGTH)
    throw exceeded(`Maximum policy size of ${MAX_INLINE_LENGTH} bytes exceeded for role ${name}`);
}

function statementsOf(text: string): Statement[] {
  parsePolicy(text);
  return [JSON.parse(text).Statement].flat();
}

function sizeOf(text: string): number {
  return text.replace(/\s/g, "").length;
}

function exceeded(message: string): ServiceError {
  return new ServiceError("LimitExceeded", message, { status: 409 });
}
