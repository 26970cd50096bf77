// What AWS's services say of an input that breaks constraints of their model: all of them at once, before anything else is
// looked at. https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
import { ServiceError } from "./model.ts";

export interface Constraint {
  /** As the model spells it, but with a small first letter in the message. */
  name: string;
  value: unknown;
  /** `Member must …` */
  constraint: string;
  holds: boolean;
}

/** Throws ValidationException. */
export function checkConstraints(constraints: readonly Constraint[]): void {
  const broken = constraints.filter(({ holds }) => !holds);
  if (broken.length === 0) return;
  const problems = broken.map(({ name, value, constraint }) => {
    const shown = value === null ? " null" : ` '${String(value)}'`;
    return brokenAt(name.charAt(0).toLowerCase() + name.slice(1), shown, constraint);
  });
  throw new ServiceError("ValidationException", validationErrors(problems), { status: 400 });
}

/** One problem. `shown`: what the service tells of the value, after a space; nothing, with some. */
export function brokenAt(member: string, shown: string, constraint: string): string {
  return `Value${shown} at '${member}' failed to satisfy constraint: ${constraint}`;
}

/** All of them, for services that have codes of their own for this. */
export function validationErrors(problems: readonly string[]): string {
  return `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected: ${problems.join("; ")}`;
}

/** Holds for what is absent. */
export function inRange(name: string, value: number | undefined, least: number, most: number): Constraint[] {
  if (value === undefined) return [];
  const rule = (bound: string) => `Member must have value ${bound} than or equal to`;
  return [
    { name, value, constraint: `${rule("greater")} ${least}`, holds: value >= least },
    { name, value, constraint: `${rule("less")} ${most}`, holds: value <= most },
  ];
}

/** Of the whole text, as in the model. Holds for what is absent. */
export function matching(name: string, value: string | undefined, pattern: RegExp): Constraint[] {
  const constraint = `Member must satisfy regular expression pattern: ${pattern.source}`;
  return [
    {
      name,
      value,
      constraint,
      holds: value === undefined || new RegExp(`^(?:${pattern.source})$`).test(value),
    },
  ];
}
