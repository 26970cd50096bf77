// What is wrong with settings, as their owner is told.
import { SettingsError } from "../../settings/problem.ts";
import { parseSettings } from "../../settings/settings.ts";

export function problemsOf(input: unknown): readonly string[] {
  try {
    parseSettings(input);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
