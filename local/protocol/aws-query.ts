// The awsQuery form: parameters like `Entries.1.MessageAttribute.2.Name=…` in, XML out. Names and flattening are in the
// same schemas that the JSON form uses: SQS has all lists flattened, SNS none (`Tags.member.1.Key`).
import { XmlShapeSerializer } from "@aws-sdk/core/protocols";
import type { NormalizedSchema } from "@smithy/core/schema";
import { escapeXml } from "./xml.ts";

const ISO_8601 = 5;

export interface Fault {
  name: string;
  message: string;
  status: number;
  queryCode: string;
  sender: boolean;
}

type Pairs = [name: string, value: string][];

export function readQuery(schema: NormalizedSchema, form: URLSearchParams): Record<string, unknown> {
  return (readShape(schema, [...form], "") ?? {}) as Record<string, unknown>;
}

function readShape(schema: NormalizedSchema, form: Pairs, path: string): unknown {
  if (schema.isStructSchema()) return readStructure(schema, form, path);
  if (schema.isListSchema())
    return numbered(form, itemsOf(schema, path)).map((item) =>
      readShape(schema.getValueSchema(), form, item),
    );
  if (schema.isMapSchema()) return readMap(schema, form, path);
  const value = form.find(([name]) => name === path)?.[1];
  if (value === undefined) return undefined;
  if (schema.isNumericSchema()) return Number(value);
  if (schema.isBooleanSchema()) return value === "true";
  return value; // Binary values stay base64, as in the JSON form.
}

function readStructure(schema: NormalizedSchema, form: Pairs, path: string): Record<string, unknown> {
  const structure: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits() as { xmlName?: string };
    const under = `${path === "" ? "" : `${path}.`}${traits.xmlName ?? name}`;
    const present = form.some(([key]) => key === under || key.startsWith(`${under}.`));
    if (present) structure[name] = readShape(member, form, under);
  }
  return structure;
}

function readMap(schema: NormalizedSchema, form: Pairs, path: string): Record<string, unknown> {
  const { xmlName: keyName = "key" } = schema.getKeySchema().getMergedTraits() as { xmlName?: string };
  const { xmlName: valueName = "value" } = schema.getValueSchema().getMergedTraits() as { xmlName?: string };
  const entries = numbered(form, itemsOf(schema, path)).map((entry) => {
    const key = form.find(([name]) => name === `${entry}.${keyName}`)?.[1] ?? "";
    return [key, readShape(schema.getValueSchema(), form, `${entry}.${valueName}`)];
  });
  return Object.fromEntries(entries);
}

/** What comes before the numbers: an element for each item, unless the list or map is flattened. */
function itemsOf(schema: NormalizedSchema, path: string): string {
  if ((schema.getMergedTraits() as { xmlFlattened?: unknown }).xmlFlattened) return path;
  if (schema.isMapSchema()) return `${path}.entry`;
  const { xmlName = "member" } = schema.getValueSchema().getMergedTraits() as { xmlName?: string };
  return `${path}.${xmlName}`;
}

/** `Entries.1`, `Entries.2`, … as far as the form has them. */
function numbered(form: Pairs, path: string): string[] {
  const prefix = `${path}.`;
  const numbers = form
    .filter(([name]) => name.startsWith(prefix))
    .map(([name]) => Number.parseInt(name.slice(prefix.length), 10));
  return [...new Set(numbers)]
    .filter((number) => number > 0)
    .sort((a, b) => a - b)
    .map((number) => `${prefix}${number}`);
}

export function writeQueryResult(
  namespace: string,
  action: string,
  schema: NormalizedSchema | undefined,
  output: object,
  requestId: string,
): string {
  const result = schema && !schema.isUnitSchema() ? element(`${action}Result`, schema, output) : "";
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<?xml version="1.0"?><${action}Response xmlns="${namespace}">${result}${metadata}</${action}Response>`;
}

export function writeQueryError(
  namespace: string,
  { queryCode, message, sender }: Fault,
  requestId: string,
): string {
  const error = `<Type>${sender ? "Sender" : "Receiver"}</Type><Code>${queryCode}</Code><Message>${escapeXml(message)}</Message><Detail/>`;
  return `<?xml version="1.0"?><ErrorResponse xmlns="${namespace}"><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

function element(name: string, schema: NormalizedSchema, output: object): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: ISO_8601 },
  } as never);
  serializer.write(schema, withBytes(output));
  // The serializer names the root after its shape.
  return (serializer.flush() as string).replace(/^<\w+/, `<${name}`).replace(/<\/\w+>$/, `</${name}>`);
}

/** JSON carries binary values as base64; the XML serializer wants their bytes. */
function withBytes(value: unknown): unknown {
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => {
    const binary = name === "BinaryValue" && typeof member === "string";
    return [name, binary ? Buffer.from(member, "base64") : withBytes(member)];
  });
  return Object.fromEntries(entries);
}
