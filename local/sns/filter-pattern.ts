// What a filter policy may ask of one value: a literal, or an object with one match type. What is not understood here is
// refused when the policy is set, as SNS does with what it does not know.
// https://docs.aws.amazon.com/sns/latest/dg/string-value-matching.html
import { BlockList, isIP } from "node:net";
import { refuse } from "./filter-refusal.ts";

/** Of all the values that a message has there: several for an array, none when it is absent. */
export type Pattern = (values: readonly unknown[]) => boolean;

type Json = Record<string, unknown>;
type Test = (value: unknown) => boolean;

export function parsePattern(pattern: unknown): Pattern {
  if (!isObject(pattern)) return some(literal(pattern));
  const [entry, ...others] = Object.entries(pattern);
  if (!entry || others.length > 0) throw refuse("Only one key allowed in match expression");
  const [type, operand] = entry;
  if (type === "exists") return exists(operand);
  const parse = MATCH_TYPES[type];
  if (!parse) throw refuse(`Unrecognized match type ${type}`);
  return some(parse(operand));
}

const MATCH_TYPES: Record<string, (operand: unknown) => Test> = {
  prefix: (operand) => textTest("prefix", operand, (text, start) => text.startsWith(start)),
  suffix: (operand) => textTest("suffix", operand, (text, end) => text.endsWith(end)),
  "equals-ignore-case": (operand) =>
    textTest("equals-ignore-case", operand, (text, other) => text.toLowerCase() === other.toLowerCase()),
  "anything-but": anythingBut,
  numeric,
  cidr,
};

function some(test: Test): Pattern {
  return (values) => values.some(test);
}

function literal(wanted: unknown): Test {
  if (Array.isArray(wanted)) throw refuse("Match value must be String, number, true, false, or null");
  return (value) => value === wanted;
}

function exists(operand: unknown): Pattern {
  if (typeof operand !== "boolean") throw refuse("exists match pattern must be either true or false.");
  return (values) => values.length > 0 === operand;
}

function textTest(type: string, operand: unknown, test: (text: string, operand: string) => boolean): Test {
  if (typeof operand !== "string") throw refuse(`${type} match pattern must be a string`);
  return (value) => typeof value === "string" && test(value, operand);
}

function anythingBut(operand: unknown): Test {
  if (isObject(operand)) {
    const { prefix, ...others } = operand;
    const [other] = Object.keys(others);
    if (other !== undefined) throw refuse(`Unsupported anything-but pattern: ${other}`);
    const starts = textTest("prefix", prefix, (text, start) => text.startsWith(start));
    return (value) => !starts(value);
  }
  const unwanted = [operand].flat().map(literal);
  if (unwanted.length === 0) throw refuse("Empty arrays are not allowed");
  return (value) => !unwanted.some((test) => test(value));
}

const COMPARISONS: Record<string, (value: number, operand: number) => boolean> = {
  "=": (value, operand) => value === operand,
  "<": (value, operand) => value < operand,
  "<=": (value, operand) => value <= operand,
  ">": (value, operand) => value > operand,
  ">=": (value, operand) => value >= operand,
};

/** `["=", 5]`, `["<", 10]` or a range: `[">", 0, "<=", 5]`. */
function numeric(operand: unknown): Test {
  const [operator, operandValue, ...upper] = Array.isArray(operand) ? operand : [undefined];
  const lower = comparison(operator, operandValue, "Unrecognized numeric range operator");
  if (upper.length === 0) return (value) => typeof value === "number" && lower(value);
  if (!String(operator).startsWith(">")) throw refuse("Too many elements in numeric expression");
  if (!/^<=?$/.test(String(upper[0]))) throw refuse(`Bad numeric range operator: ${upper[0]}`);
  const higher = comparison(upper[0], upper[1], "Bad numeric range operator");
  if (upper.length > 2) throw refuse("Too many terms in numeric range expression");
  if (operandValue >= upper[1]) throw refuse("Bottom must be less than top");
  return (value) => typeof value === "number" && lower(value) && higher(value);
}

function comparison(
  operator: unknown,
  operand: unknown,
  unknownOperator: string,
): (value: number) => boolean {
  if (typeof operator !== "string") throw refuse(`Invalid member in numeric match: ${operator ?? "]"}`);
  const compare = COMPARISONS[operator];
  if (!compare) throw refuse(`${unknownOperator}: ${operator}`);
  if (typeof operand !== "number")
    throw refuse(`Value of ${operator === "=" ? "equals" : operator} must be numeric`);
  return (value) => compare(value, operand);
}

function cidr(operand: unknown): Test {
  if (typeof operand !== "string") throw refuse("prefix match pattern must be a string");
  const [address = "", bits, ...others] = operand.split("/");
  if (bits === undefined || others.length > 0) throw refuse("Malformed CIDR, one '/' required");
  const version = isIP(address);
  if (version === 0) throw refuse(`Nonstandard IP address: ${address}`);
  if (!/^\d+$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128))
    throw refuse("Malformed CIDR, mask bits must be an integer");
  const network = new BlockList();
  network.addSubnet(address, Number(bits), version === 4 ? "ipv4" : "ipv6");
  return (value) =>
    typeof value === "string" && isIP(value) > 0 && network.check(value, isIP(value) === 4 ? "ipv4" : "ipv6");
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
