// How IAM and STS say that a value breaks a constraint of their model: all problems at once.
import { ServiceError } from "../protocol/model.ts";

/** Undefined for a value that holds to it. */
type Problem = string | undefined;

/** Throws ValidationError. */
export function validate(...checked: Problem[]): void {
  const problems = checked.filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected`;
  throw invalid(`${count}: ${problems.join("; ")}`);
}

export function invalid(message: string): ServiceError {
  return new ServiceError("ValidationError", message);
}

/** `shown` is what the sentence tells of the value: STS quotes it, IAM does not. */
export function lengthProblem(
  member: string,
  length: number,
  [least, most]: [least: number, most: number],
  shown = "",
): Problem {
  if (length < least) return broken(member, shown, `have length greater than or equal to ${least}`);
  if (length > most) return broken(member, shown, `have length less than or equal to ${most}`);
  return undefined;
}

export function rangeProblem(
  member: string,
  value: number,
  [least, most]: [least: number, most: number],
  shown = "",
): Problem {
  if (value < least) return broken(member, shown, `have value greater than or equal to ${least}`);
  if (!(value <= most)) return broken(member, shown, `have value less than or equal to ${most}`);
  return undefined;
}

export function patternProblem(member: string, value: string, pattern: string, shown = ""): Problem {
  if (new RegExp(`^(?:${pattern})$`, "u").test(value)) return undefined;
  return broken(member, shown, `satisfy regular expression pattern: ${pattern}`);
}

function broken(member: string, shown: string, constraint: string): string {
  return `Value${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`;
}
