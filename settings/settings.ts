// Everything the owner of a stack may choose: the one place for defaults and limits.
import * as v from "valibot";
import { expected, SettingsError } from "./problem.ts";
import { type Recipe, RecipeSchema } from "./recipe.ts";
import { oneOf, text, wholeNumber } from "./shapes.ts";

const SettingsSchema = v.strictObject({
  ...RecipeSchema.entries,
  source: v.optional(
    v.strictObject({
      /** Only keys under it are announced. */
      prefix: v.optional(v.string("text"), ""),
      /** Only keys ending in one of them are announced; case-sensitive, as S3 is. Empty: every key. */
      suffixes: v.optional(v.array(text(/^.{1,100}$/, "a suffix like .jpg"), "a list of suffixes"), []),
    }),
    {},
  ),
  /** Lambda gives one whole vCPU at 1,769 MiB. */
  memoryMiB: v.optional(wholeNumber(512, 10_240, "MiB"), 1769),
  timeoutSeconds: v.optional(wholeNumber(10, 900, "seconds"), 60),
  architecture: v.optional(oneOf(["arm64", "x86_64"]), "arm64"),
  batchSize: v.optional(wholeNumber(1, 10_000, "messages"), 10),
  batchWindowSeconds: v.optional(wholeNumber(0, 300, "seconds"), 0),
  maximumConcurrency: v.optional(wholeNumber(2, 1000, "invocations"), 50),
  maxReceiveCount: v.optional(wholeNumber(1, 1000, "receives"), 5),
  /** How long the work queue keeps a message; the dead-letter queue keeps it for 14 days from the same moment. */
  sourceRetentionDays: v.optional(wholeNumber(1, 13, "days"), 4),
  logRetentionDays: v.optional(wholeNumber(1, 3653, "days"), 30),
  /** Refuses to delete the buckets, full or empty. Off, `pulumi destroy` empties them. */
  protect: v.optional(v.boolean("true or false"), true),
  tags: v.optional(v.record(v.string("a name"), v.string("text"), "names with texts"), {}),
});

export type Settings = v.InferOutput<typeof SettingsSchema>;

/** SQS stops delivering at 120,000 messages in flight; a fifth is left for redrives and stragglers. */
const MAX_IN_FLIGHT = 100_000;

/** Lambda takes 4 KB of environment variables in all; the names and the four addresses need the rest. */
const MAX_RECIPE_BYTES = 3072;

/** Reads settings as written by a person. Throws a SettingsError that lists every problem. */
export function parseSettings(input: unknown): Settings {
  const settings = parse(SettingsSchema, input, "darkroom:");
  const problems = disagreements(settings);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/** What the worker needs of the settings. */
export function recipeOf({ presets, variants, limits, removeWithSource }: Settings): Recipe {
  return { presets, variants, limits, removeWithSource };
}

/** Reads a recipe back from its JSON text, as the worker does at start. Throws a SettingsError. */
export function parseRecipe(json: string, name: string): Recipe {
  return parse(v.pipe(v.string(), v.parseJson(undefined, "JSON"), RecipeSchema), json, `${name}.`);
}

function parse<Schema extends v.GenericSchema>(schema: Schema, input: unknown, prefix: string) {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output as v.InferOutput<Schema>;
  throw new SettingsError(result.issues.map((issue) => sentence(issue, prefix)));
}

function sentence(issue: v.BaseIssue<unknown>, prefix: string): string {
  const name = `${prefix}${v.getDotPath(issue) ?? ""}`.replace(/[.:]$/, "");
  const unknownName = issue.type === "strict_object" && issue.expected === "never";
  const missing = issue.type === "strict_object" && issue.input === undefined;
  if (missing) return expected("a value", name, undefined);
  return expected(
    unknownName ? "no setting" : issue.message,
    name,
    unknownName ? issue.path?.at(-1)?.value : issue.input,
  );
}

function disagreements(settings: Settings): string[] {
  const { batchSize, batchWindowSeconds, maximumConcurrency } = settings;
  const problems: string[] = [];
  if (batchSize > 10 && batchWindowSeconds < 1) {
    problems.push(
      expected(
        "at least 1 second (batchSize is above 10)",
        "darkroom:batchWindowSeconds",
        batchWindowSeconds,
      ),
    );
  }
  if (batchSize * maximumConcurrency >= MAX_IN_FLIGHT) {
    const received = batchSize * maximumConcurrency;
    problems.push(
      expected(
        `fewer than ${MAX_IN_FLIGHT} messages in flight`,
        "darkroom:batchSize × maximumConcurrency",
        received,
      ),
    );
  }
  const recipeBytes = Buffer.byteLength(JSON.stringify(recipeOf(settings)));
  if (recipeBytes > MAX_RECIPE_BYTES) {
    problems.push(
      expected(
        `at most ${MAX_RECIPE_BYTES} bytes of JSON`,
        "darkroom:presets and darkroom:variants",
        recipeBytes,
      ),
    );
  }
  return problems;
}
