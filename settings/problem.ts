// One sentence shape for everything a person can get wrong, and one error that carries all of them at once.

/** `Expected <what> for <name>, but received <value>.` */
export function expected(what: string, name: string, received: unknown): string {
  return `Expected ${what} for ${name}, but received ${describe(received)}.`;
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
