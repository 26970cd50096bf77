// A stack as a text to be read in a diff: every resource with all it is declared with, in an order that says nothing. What is
// JSON within, such as a policy, is written out.
import { join } from "node:path";
import { stringify } from "yaml";
import { ROOT, type StackPreview } from "./read-stack.ts";

export const LISTED_STACKS = ["dev", "prod"] as const;

export function listingFile(stack: string): string {
  return join(ROOT, `test/infra/listings/${stack}.yaml`);
}

export function listingText({ resources }: Pick<StackPreview, "resources">): string {
  const entries = resources
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs, protect }) => [
      `${type.replace(/^aws:(.*)\/.*:/, "$1.")} ${name}`,
      { ...(protect && { protect }), ...(writtenOut(inputs) as object) },
    ])
    .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1));
  const head = "# Written by `npm run preview -- --write-listings`, and held to by the tests.\n";
  return (
    head +
    stringify(Object.fromEntries(entries), {
      lineWidth: 120,
      aliasDuplicateObjects: false,
      sortMapEntries: true,
    })
  );
}

function writtenOut(value: unknown): unknown {
  if (typeof value === "string" && /^[[{]/.test(value)) return writtenOut(JSON.parse(value));
  if (Array.isArray(value)) return value.map(writtenOut);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, nested]) => [name, writtenOut(nested)]));
}
