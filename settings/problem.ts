// One sentence shape for everything a person can get wrong, and one error that carries all of them at once.
import * as v from "valibot";

/** `Expected <what> for <name>, but received <value>.` */
export function expected(what: string, name: string, received: unknown): string {
  return `Expected ${what} for ${name}, but received ${describe(received)}.`;
}

/** Of a schema whose messages are the `<what>`; `prefix` comes before the path of the value. */
export function problemOf(issue: v.BaseIssue<unknown>, prefix: string): string {
  const name = `${prefix}${v.getDotPath(issue) ?? ""}`.replace(/[.:]$/, "");
  const unknownName = issue.type === "strict_object" && issue.expected === "never";
  if (unknownName) return expected("no setting", name, issue.path?.at(-1)?.value);
  if (issue.type !== "strict_object") return expected(issue.message, name, issue.input);
  return expected(issue.input === undefined ? "a value" : "names with values", name, issue.input);
}

/** Thrown before anything is done; `problems` has one sentence per mistake, in the order of the settings. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const MAX_DESCRIBED_LENGTH = 80;

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_DESCRIBED_LENGTH ? `${text.slice(0, MAX_DESCRIBED_LENGTH)}…` : text;
}
