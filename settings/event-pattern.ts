// Which of a bucket's events EventBridge passes on: those about the keys that the settings name, as S3's own notifications
// would filter them. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import type { Settings } from "./schema.ts";

/** EventBridge takes no more. */
export const MAX_PATTERN_BYTES = 2048;

export function eventPattern(bucket: string, { prefix, suffixes }: Settings["source"]) {
  return {
    source: ["aws.s3"],
    "detail-type": ["Object Created", "Object Deleted"],
    detail: { bucket: { name: [bucket] }, ...object(keyFilters(prefix, suffixes)) },
  };
}

function object(key: object[]) {
  return key.length === 0 ? {} : { object: { key } };
}

/** One of them is enough. A filter is a prefix or a suffix; both at once take a wildcard. */
function keyFilters(prefix: string, suffixes: readonly string[]): object[] {
  if (suffixes.length === 0) return prefix === "" ? [] : [{ prefix }];
  if (prefix === "") return suffixes.map((suffix) => ({ suffix }));
  return suffixes.map((suffix) => ({ wildcard: `${literal(prefix)}*${literal(suffix)}` }));
}

/** In a wildcard, a star of the key itself. */
function literal(text: string): string {
  return text.replaceAll("*", "\\*");
}
