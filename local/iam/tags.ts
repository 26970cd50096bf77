// Tags of roles. They are kept and told; no decision depends on them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
import type { Tag } from "@aws-sdk/client-iam";
import { ServiceError } from "../protocol/model.ts";
import { lengthProblem, patternProblem, validate } from "./validation.ts";

const MAX_TAGS = 50;

/** Throws ValidationError, or InvalidInput for a key that is there twice, in whatever case. */
export function checkTags(tags: readonly Tag[]): Record<string, string> {
  validate(lengthProblem("tags", tags.length, [0, MAX_TAGS]), ...tags.flatMap(problemsOf));
  const keys = new Set(tags.map(({ Key = "" }) => Key.toLowerCase()));
  if (keys.size < tags.length) {
    const message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    throw new ServiceError("InvalidInput", message);
  }
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}

export function toTags(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function problemsOf({ Key = "", Value = "" }: Tag, index: number) {
  const member = `tags.${index + 1}.member`;
  const tooLong = lengthProblem(`${member}.key`, Key.length, [1, 128]);
  return [
    tooLong ?? patternProblem(`${member}.key`, Key, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"),
    lengthProblem(`${member}.value`, Value.length, [0, 256]) ??
      patternProblem(`${member}.value`, Value, "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*"),
  ];
}
