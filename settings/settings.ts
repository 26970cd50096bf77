// Settings as the owner of a stack writes them become settings that the program can rely on.
import * as v from "valibot";
import { disagreements } from "./disagreements.ts";
import { problemOf, SettingsError } from "./problem.ts";
import { type Recipe, RecipeSchema } from "./recipe.ts";
import { type Settings, SettingsSchema } from "./schema.ts";

export type { Settings, WrittenSettings } from "./schema.ts";

/** Reads settings as written by a person. Throws a SettingsError that lists every problem. */
export function parseSettings(input: unknown): Settings {
  return parse(input, undefined);
}

/**
 * Reads them from a stack's configuration, `darkroom:name` to text: Pulumi keeps every value as text, lists and objects as
 * JSON. Throws a SettingsError that lists every problem.
 */
export function parseConfiguration(texts: Readonly<Record<string, string>>, project: string): Settings {
  const prefix = `${project}:`;
  const own = Object.entries(texts).filter(([name]) => name.startsWith(prefix));
  const written = own.map(([name, text]) => [name.slice(prefix.length), read(text)]);
  return parse(Object.fromEntries(written), texts["aws:region"]);
}

/** `region`, where it is known. */
function parse(input: unknown, region: string | undefined): Settings {
  const { issues = [], output } = v.safeParse(SettingsSchema, input);
  const problems = issues.map((issue) => problemOf(issue, "darkroom:"));
  const wrong = new Set(issues.map(({ path }) => path?.[0].key));
  if (!wrong.has(undefined)) problems.push(...disagreements(output as Settings, wrong, region));
  if (problems.length > 0) throw new SettingsError(problems);
  return output as Settings;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads a recipe back from its JSON text, as the worker does at start. Throws a SettingsError. */
export function parseRecipe(json: string, name: string): Recipe {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(undefined, "JSON"), RecipeSchema), json);
  if (result.success) return result.output;
  throw new SettingsError(result.issues.map((issue) => problemOf(issue, `${name}.`)));
}
