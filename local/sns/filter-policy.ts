// Filter policies: which messages a subscription receives. All keys must match, of each key any pattern; in the body's
// scope keys may nest, and in an array of objects one object must match them together.
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
import { isObject, type Pattern, parsePattern } from "./filter-pattern.ts";
import { refuse } from "./filter-refusal.ts";

export type Scope = "MessageAttributes" | "MessageBody";

/** Of a document: the message's body, or its attributes as an object of arrays. */
export type Filter = (document: unknown) => boolean;

type Json = Record<string, unknown>;

/** https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html */
const MAX_KEYS = 5;
const MAX_COMBINATIONS = 150;
const MAX_POLICY_BYTES = 256 * 1024;
const OR = "$or";

/** Throws a FilterRefusal. */
export function parseFilterPolicy(text: string, scope: Scope): Filter {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) throw refuse("Filter policy is too large");
  const policy = parseJson(text);
  if (!isObject(policy)) throw refuse("Filter policy must be a JSON object");
  if (Object.keys(policy).length > MAX_KEYS)
    throw refuse(`Filter policy can not have more than ${MAX_KEYS} keys`);
  const filter = parseNode(policy, scope);
  if (combinations(policy) > MAX_COMBINATIONS) throw refuse("Filter policy is too complex");
  return filter;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(`failed to parse JSON. ${(error as Error).message}`);
  }
}

function parseNode(node: Json, scope: Scope): Filter {
  const filters = Object.entries(node).map(([key, value]) => {
    if (key === OR && isAlternatives(value)) return anyOf(value.map((each) => parseNode(each, scope)));
    if (Array.isArray(value)) return leaf(key, value);
    if (!isObject(value)) throw refuse(`"${key}" must be an object or an array`);
    if (scope === "MessageAttributes")
      throw refuse("Filter policy scope MessageAttributes does not support nested filter policy");
    const nested = parseNode(value, scope);
    return (document: Json) => matches(nested, document[key]);
  });
  return (document) => {
    const fields = isObject(document) ? document : {};
    return filters.every((filter) => filter(fields));
  };
}

/** A key of that name is one like others when its value is not a choice between objects. */
function isAlternatives(value: unknown): value is Json[] {
  return Array.isArray(value) && value.length > 1 && value.every(isObject);
}

function anyOf(filters: readonly Filter[]): Filter {
  return (document) => filters.some((filter) => filter(document));
}

function leaf(key: string, given: readonly unknown[]): Filter {
  if (given.length === 0) throw refuse("Empty arrays are not allowed");
  const patterns = given.map(parsePattern);
  return (document) => matchesAny(patterns, valuesOf((document as Json)[key]));
}

function matchesAny(patterns: readonly Pattern[], values: readonly unknown[]): boolean {
  return patterns.some((pattern) => pattern(values));
}

/** An object is no value: it is there for policies that nest. */
function valuesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return value === undefined || isObject(value) ? [] : [value];
}

function matches(filter: Filter, document: unknown): boolean {
  return Array.isArray(document) ? document.some((each) => matches(filter, each)) : filter(document);
}

/** Each array counts its values, times the levels it is nested. */
function combinations(node: Json, depth = 1): number {
  return Object.entries(node).reduce((product, [key, value]) => {
    if (key === OR && isAlternatives(value))
      return product * value.reduce((sum, each) => sum + combinations(each, depth), 0);
    if (Array.isArray(value)) return product * value.length * depth;
    return product * combinations(value as Json, depth + 1);
  }, 1);
}
