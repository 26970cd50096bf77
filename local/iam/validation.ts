// How IAM and STS say that a value breaks a constraint of their model: all problems at once.
import { brokenAt, validationErrors } from "../protocol/constraints.ts";
import { ServiceError } from "../protocol/model.ts";

/** Undefined for a value that holds to it. */
type Problem = string | undefined;

/** Throws ValidationError. */
export function validate(...checked: Problem[]): void {
  const problems = checked.filter((problem) => problem !== undefined);
  if (problems.length === 0) return;
  throw invalid(validationErrors(problems));
}

export function invalid(message: string): ServiceError {
  return new ServiceError("ValidationError", message);
}

type Bounds = [least: number, most: number];

/** `shown` is what the sentence tells of the value: STS quotes it, IAM does not. */
export function lengthProblem(member: string, length: number, bounds: Bounds, shown = ""): Problem {
  return outside(bounds, length, (bound) => brokenAt(member, shown, `Member must have length ${bound}`));
}

export function rangeProblem(member: string, value: number, bounds: Bounds, shown = ""): Problem {
  return outside(bounds, value, (bound) => brokenAt(member, shown, `Member must have value ${bound}`));
}

function outside([least, most]: Bounds, value: number, problem: (bound: string) => string): Problem {
  if (value < least) return problem(`greater than or equal to ${least}`);
  return value <= most ? undefined : problem(`less than or equal to ${most}`);
}

export function patternProblem(member: string, value: string, pattern: string, shown = ""): Problem {
  if (new RegExp(`^(?:${pattern})$`, "u").test(value)) return undefined;
  return brokenAt(member, shown, `Member must satisfy regular expression pattern: ${pattern}`);
}
