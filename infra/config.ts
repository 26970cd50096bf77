// The stack's configuration as settings. Pulumi keeps every value as text, lists and objects as JSON.
import * as pulumi from "@pulumi/pulumi";
import { SettingsError } from "../settings/problem.ts";
import { parseSettings, type Settings } from "../settings/settings.ts";

/** Throws a RunError, which Pulumi prints without a stack, that lists every problem. */
export function readSettings(project: string = pulumi.getProject()): Settings {
  const prefix = `${project}:`;
  const own = Object.entries(pulumi.runtime.allConfig()).filter(([name]) => name.startsWith(prefix));
  const written = own.map(([name, text]) => [name.slice(prefix.length), readValue(text)]);
  return checkSettings(Object.fromEntries(written));
}

/** Settings as a program writes them, with their defaults. Throws a RunError that lists every problem. */
export function checkSettings(written: unknown): Settings {
  try {
    return parseSettings(written);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new pulumi.RunError(["The settings of this stack are wrong:", ...error.problems].join("\n  "));
  }
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
