// How the command ends, and the error for what its user got wrong.

export const EXIT_CODE = { done: 0, someFailed: 1, wrongUsage: 2, interrupted: 130 } as const;

export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];

/** Shown as its message and its hint, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}
