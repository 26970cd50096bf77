// JSON may hold anything where the model has text or a number: what is of another type is refused before a handler sees it.
import type { NormalizedSchema } from "@smithy/core/schema";
import { ServiceError } from "./model.ts";

/** Throws SerializationException. */
export function checkType(schema: NormalizedSchema, value: unknown, path = "the request's body"): void {
  if (value === undefined || value === null) return;
  const wanted = typeOf(schema);
  const actual = Array.isArray(value) ? "array" : typeof value;
  if (wanted !== undefined && actual !== wanted) {
    const message = `Expected ${wanted} for ${path}, but received ${actual}.`;
    throw new ServiceError("SerializationException", message);
  }
  for (const [name, part] of partsOf(schema, value))
    checkType(part, (value as Record<string, unknown>)[name], name);
}

function partsOf(schema: NormalizedSchema, value: unknown): Iterable<[string, NormalizedSchema]> {
  if (schema.isStructSchema()) return schema.structIterator();
  if (!schema.isListSchema() && !schema.isMapSchema()) return [];
  return Object.keys(value as object).map((name) => [name, schema.getValueSchema()]);
}

function typeOf(schema: NormalizedSchema): string | undefined {
  if (schema.isStructSchema() || schema.isMapSchema()) return "object";
  if (schema.isListSchema()) return "array";
  if (schema.isNumericSchema()) return "number";
  if (schema.isBooleanSchema()) return "boolean";
  return schema.isStringSchema() || schema.isBlobSchema() ? "string" : undefined;
}

/** JSON has text where the model has bytes: a copy that has the bytes. */
export function withBytes(schema: NormalizedSchema, value: unknown): unknown {
  if (schema.isBlobSchema() && typeof value === "string") return Buffer.from(value, "base64");
  if (typeof value !== "object" || value === null) return value;
  const parts = [...partsOf(schema, value)].filter(([name]) => Object.hasOwn(value, name));
  if (parts.length === 0) return value;
  const read = parts.map(([name, part]) => [name, withBytes(part, (value as Record<string, unknown>)[name])]);
  return Array.isArray(value) ? read.map(([, item]) => item) : { ...value, ...Object.fromEntries(read) };
}
