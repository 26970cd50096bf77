// The fingerprint of a recipe: what says whether a rendition would come out the same today.
// Canonical JSON, because settings that only differ in the order of their fields make the same image.
import { createHash } from "node:crypto";
import type { Variant } from "./variant.ts";

/** Raise it when the same recipe starts to give other bytes (a new encoder, other defaults): every set is then outdated. */
const ENCODER_VERSION = 1;

/** 64 bits: enough to tell the recipes of one stack apart, short enough for a manifest that repeats it per rendition. */
const HASH_LENGTH = 16;

export function variantHash(variant: Variant): string {
  return hash({ encoder: ENCODER_VERSION, variant });
}

/** The limits are no part of it: they decide whether an image is made, not what it looks like. */
export function recipeHash(variants: readonly Variant[]): string {
  return hash(variants.map(variantHash));
}

function hash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, HASH_LENGTH);
}

export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, field: unknown) => (isRecord(field) ? sortedByName(field) : field));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function sortedByName(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
