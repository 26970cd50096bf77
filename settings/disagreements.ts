// Settings that are right by themselves and wrong together.
import { MAX_IN_FLIGHT } from "./derived.ts";
import { expected } from "./problem.ts";
import { recipeOf } from "./recipe.ts";
import type { Settings } from "./settings.ts";

interface Rule {
  /** Without these being right by themselves, the rule says nothing. */
  between: readonly (keyof Settings)[];
  /** Nothing when they agree. */
  problem(settings: Settings): string | undefined;
}

/** Lambda takes 4 KB of environment variables in all; the names and the four addresses need the rest. */
const MAX_RECIPE_BYTES = 3072;

const RULES: readonly Rule[] = [
  {
    between: ["batchSize", "batchWindowSeconds"],
    problem({ batchSize, batchWindowSeconds }) {
      if (batchSize <= 10 || batchWindowSeconds >= 1) return undefined;
      const what = "at least 1 second (batchSize is above 10)";
      return expected(what, "darkroom:batchWindowSeconds", batchWindowSeconds);
    },
  },
  {
    between: ["batchSize", "maximumConcurrency"],
    problem: ({ batchSize, maximumConcurrency }) => tooManyInFlight({ batchSize, maximumConcurrency }),
  },
  {
    between: ["batchSize", "backfill", "backfillConcurrency"],
    problem: ({ batchSize, backfill, backfillConcurrency }) =>
      backfill ? tooManyInFlight({ batchSize, backfillConcurrency }) : undefined,
  },
  {
    between: ["presets", "variants", "limits", "removeWithSource"],
    problem(settings) {
      const bytes = Buffer.byteLength(JSON.stringify(recipeOf(settings)));
      if (bytes <= MAX_RECIPE_BYTES) return undefined;
      const what = `at most ${MAX_RECIPE_BYTES} bytes of JSON`;
      return expected(what, "darkroom:presets and darkroom:variants", bytes);
    },
  },
];

/** One sentence for each disagreement among settings that are not `wrong` by themselves. */
export function disagreements(settings: Settings, wrong: ReadonlySet<unknown>): string[] {
  return RULES.filter(({ between }) => !between.some((name) => wrong.has(name))).flatMap(
    ({ problem }) => problem(settings) ?? [],
  );
}

/** Takes the two settings by their names. */
function tooManyInFlight(settings: Record<string, number>): string | undefined {
  const inFlight = Object.values(settings).reduce((product, factor) => product * factor);
  if (inFlight < MAX_IN_FLIGHT) return undefined;
  const names = Object.keys(settings).join(" × ");
  return expected(`fewer than ${MAX_IN_FLIGHT} messages in flight`, `darkroom:${names}`, inFlight);
}
