// Policy documents: reading them, and whether their statements apply to a request. What is not understood is refused when
// the policy is put, loudly: a condition that were ignored would allow what AWS denies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
import { ServiceError } from "../protocol/model.ts";
import { actsAs, type Principal } from "./principal.ts";

export interface AccessRequest {
  principal: Principal;
  action: string;
  resource: string;
  /** Condition keys, such as `aws:SourceArn`. */
  context: Readonly<Record<string, string>>;
}

interface Statement {
  effect: "Allow" | "Deny";
  appliesTo(request: AccessRequest): boolean;
}

export type Policy = readonly Statement[];

type Matcher = (request: AccessRequest) => boolean;
type Json = Record<string, unknown>;

/**
 * Those that requests here come with: of any other it is not known whether it holds. `kms:ViaService` is on requests to KMS
 * alone, in AWS too, and none of them comes here; `aws:SourceOwner` is on those of old services, of which none is here.
 */
const CONDITION_KEYS = [
  "aws:PrincipalAccount",
  "aws:PrincipalArn",
  "aws:PrincipalIsAWSService",
  "aws:SecureTransport",
  "aws:SourceAccount",
  "aws:SourceArn",
  "aws:SourceOwner",
  "iam:PassedToService",
  "kms:ViaService",
  "s3:delimiter",
  "s3:max-keys",
  "s3:prefix",
  "sns:Endpoint",
  "sns:Protocol",
  "sts:ExternalId",
  "sts:RoleSessionName",
].map((key) => key.toLowerCase());

const ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/** Throws MalformedPolicyDocument for what AWS refuses, and for what is not understood here. */
export function parsePolicy(text: string): Policy {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (text.includes("${")) throw malformed("Expected no policy variables: they are not understood here.");
  if (!isObject(document)) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  if (document.Statement === undefined) throw malformed("Missing required field Statement");
  return [document.Statement].flat().map(parseStatement);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseStatement(statement: unknown): Statement {
  if (!isObject(statement)) throw malformed(`Expected an object for Statement, but received ${statement}.`);
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
  if (unknown) throw malformed(`Expected ${ELEMENTS.join(", ")} for a statement, but received ${unknown}.`);
  const { Effect } = statement;
  for (const [name, other] of [
    ["Action", "NotAction"],
    ["Resource", "NotResource"],
  ] as const) {
    if (statement[name] !== undefined && statement[other] !== undefined)
      throw malformed(`Expected one of ${name} and ${other}, but received both.`);
  }
  if ((statement.Action ?? statement.NotAction) === undefined)
    throw malformed("Missing required field Action");
  if (Effect !== "Allow" && Effect !== "Deny")
    throw malformed(`Expected Allow or Deny for Effect, but received ${String(Effect)}.`);
  const matchers = [
    principalMatcher(statement.Principal, Effect),
    patternMatcher(
      statement.Action,
      statement.NotAction,
      ({ action }) => action.toLowerCase(),
      (text) => text.toLowerCase(),
    ),
    patternMatcher(
      statement.Resource,
      statement.NotResource,
      ({ resource }) => resource,
      (text) => text,
    ),
    ...conditionMatchers(statement.Condition),
  ];
  return { effect: Effect, appliesTo: (request) => matchers.every((matches) => matches(request)) };
}

/**
 * Absent in identity policies, which belong to their principal. To allow an account leaves it to the account whom it lets in
 * turn; to deny it denies all of its principals.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
function principalMatcher(element: unknown, effect: Statement["effect"]): Matcher {
  if (element === undefined || element === "*") return () => true;
  const { AWS = [], Service = [] } = element as { AWS?: string | string[]; Service?: string | string[] };
  const arns = [AWS].flat();
  const services = [Service].flat();
  return ({ principal }) => {
    if (arns.includes("*")) return true;
    if (principal.kind === "service") return services.includes(principal.arn);
    if (arns.includes(principal.arn) || arns.includes(actsAs(principal))) return true;
    const account = accountOf(principal.arn);
    const meansAccount = principal.kind === "root" || effect === "Deny";
    return meansAccount && (arns.includes(account) || arns.includes(`arn:aws:iam::${account}:root`));
  };
}

/** A policy may name an account by its number alone. */
function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function patternMatcher(
  positive: unknown,
  negative: unknown,
  subjectOf: (request: AccessRequest) => string,
  fold: (text: string) => string,
): Matcher {
  const patterns = ([positive ?? negative].flat() as (string | undefined)[]).flatMap((text) =>
    text === undefined ? [] : [wildcard(fold(text))],
  );
  const wanted = negative === undefined;
  return (request) =>
    patterns.length === 0 || patterns.some((pattern) => pattern.test(subjectOf(request))) === wanted;
}

/** `*` is any text, `?` any one character, in policies as in conditions. */
function wildcard(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${literal.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}

type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS = new Map<string, Comparison>(
  Object.entries({
    StringEquals: (actual, expected) => actual === expected,
    StringLike: (actual, expected) => wildcard(expected).test(actual),
    ArnEquals: (actual, expected) => wildcard(expected).test(actual),
    ArnLike: (actual, expected) => wildcard(expected).test(actual),
    Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
    NumericEquals: (actual, expected) => Number(actual) === Number(expected),
    NumericLessThan: (actual, expected) => Number(actual) < Number(expected),
    NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
    NumericGreaterThan: (actual, expected) => Number(actual) > Number(expected),
    NumericGreaterThanEquals: (actual, expected) => Number(actual) >= Number(expected),
  } satisfies Record<string, Comparison>),
);
const NEGATIONS = new Map(
  Object.entries({
    StringNotEquals: "StringEquals",
    StringNotLike: "StringLike",
    ArnNotEquals: "ArnEquals",
    ArnNotLike: "ArnLike",
    NumericNotEquals: "NumericEquals",
  }),
);

function conditionMatchers(condition: unknown): Matcher[] {
  return Object.entries((condition ?? {}) as Record<string, Json>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => conditionMatcher(operator, key, [values].flat().map(String))),
  );
}

function conditionMatcher(operator: string, key: string, expected: string[]): Matcher {
  const name = operator.replace(/IfExists$/, "");
  const negated = NEGATIONS.has(name);
  const compare = COMPARISONS.get(NEGATIONS.get(name) ?? name);
  if (!compare)
    throw malformed(`Expected a condition operator that is understood here, but received ${operator}.`);
  const wanted = key.toLowerCase();
  if (!CONDITION_KEYS.includes(wanted))
    throw malformed(`Expected a condition key that is understood here, but received ${key}.`);
  return ({ context }) => {
    const actual = Object.entries(context).find(([given]) => given.toLowerCase() === wanted)?.[1];
    // A key that is absent matches a negated operator and one with IfExists, and no other.
    if (actual === undefined) return negated || operator !== name;
    return expected.some((value) => compare(actual, value)) !== negated;
  };
}

export function malformed(message: string): ServiceError {
  return new ServiceError("MalformedPolicyDocument", message, { status: 400 });
}
