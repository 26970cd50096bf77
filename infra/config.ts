// The settings of a stack, wherever the program has them from.
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../settings/problem.ts";
import { parseConfiguration, parseSettings, type Settings } from "../settings/settings.ts";

/** Throws a RunError, which Pulumi prints without a stack, that lists every problem. */
export function readSettings(project: string = pulumi.getProject()): Settings {
  return explained(() => parseConfiguration(pulumi.runtime.allConfig(), project));
}

/** Settings as a program writes them, with their defaults. Throws a RunError that lists every problem. */
export function checkSettings(written: unknown): Settings {
  return explained(() => parseSettings(written));
}

/** Throws what is wrong with settings as a RunError. */
export function explained<Result>(parse: () => Result): Result {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new pulumi.RunError(["The settings of this stack are wrong:", ...error.problems].join("\n  "));
  }
}
