// Values on Pulumi's wire that are not plain: secrets, archives and unknowns are objects or strings with a signature.
// https://github.com/pulumi/pulumi/blob/master/developer-docs/architecture/deployment-schema.md

export type Inputs = Record<string, unknown>;

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
/** What a preview has in the place of a value that only an update knows. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether a value may be unknown: only in a preview. */
export type Unknowns = "keep" | "refuse";

/** What an archive or asset becomes: one file or folder, or several by their names in it; neither when it is elsewhere. */
export interface Code {
  path?: string;
  assets?: Record<string, Code>;
}

/** The value itself: secrets are opened, as nothing here shows them, archives become their path. */
export function toPlain(value: unknown, unknowns: Unknowns): unknown {
  if (value === UNKNOWN && unknowns === "refuse")
    throw new Error("Expected a known value, but received one that is known only after a deployment.");
  if (Array.isArray(value)) return value.map((item) => toPlain(item, unknowns));
  if (typeof value !== "object" || value === null) return value;
  const { [SIGNATURE]: signature, ...rest } = value as Inputs;
  if (signature === SECRET) return toPlain(rest.value, unknowns);
  if (signature === ARCHIVE && rest.assets !== undefined) return { assets: toPlain(rest.assets, unknowns) };
  if (signature === ARCHIVE || signature === ASSET) return { path: rest.path } satisfies { path: unknown };
  if (signature !== undefined)
    throw new Error(`Expected a value, but received a Pulumi object of kind ${String(signature)}.`);
  return Object.fromEntries(Object.entries(rest).map(([name, nested]) => [name, toPlain(nested, unknowns)]));
}

/** A request that tells whose outputs are in its inputs. */
export interface Dependent {
  getPropertydependenciesMap(): { entries(): Iterable<[input: string, { getUrnsList(): string[] }]> };
}

export function urnsByInput(request: Dependent): Record<string, string[]> {
  const dependencies = Array.from(request.getPropertydependenciesMap().entries());
  return Object.fromEntries(dependencies.map(([input, found]) => [input, found.getUrnsList()]));
}

/** Pulumi's input, the service's attribute, and the value that holds when the program gives none. */
export type Attribute<Name extends string = string> = readonly [
  input: string,
  attribute: Name,
  initially?: string,
];

export function givenAttributes<Name extends string>(
  inputs: Inputs,
  attributes: readonly Attribute<Name>[],
): Record<string, string> {
  const given = attributes.map(([input, name, initially]) => [name, inputs[input] ?? initially] as const);
  return Object.fromEntries(
    given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]),
  );
}
