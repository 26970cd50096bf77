// Settings that are right by themselves and wrong together.
import {
  MAX_IN_FLIGHT,
  SPARE_RECEIVES,
  visibilityTimeoutSeconds,
  workConcurrency,
  workQueueRetentionSeconds,
} from "./derived.ts";
import { eventPattern, MAX_PATTERN_BYTES } from "./event-pattern.ts";
import { expected } from "./problem.ts";
import { recipeOf } from "./recipe.ts";
import type { Settings } from "./schema.ts";

interface Rule {
  /** Without these being right by themselves, the rule says nothing. */
  between: readonly (keyof Settings)[];
  /** Nothing when they agree. */
  problem(settings: Settings, region: string | undefined): string | undefined;
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
    between: ["maximumConcurrency", "provisionedPollers"],
    problem({ maximumConcurrency, provisionedPollers }) {
      if (!provisionedPollers || maximumConcurrency === undefined) return undefined;
      const what = "nothing (provisionedPollers is set)";
      return expected(what, "darkroom:maximumConcurrency", maximumConcurrency);
    },
  },
  {
    between: ["provisionedPollers"],
    problem({ provisionedPollers: { minimum, maximum } = { minimum: 0, maximum: 0 } }) {
      if (minimum <= maximum) return undefined;
      return expected(`at least the minimum of ${minimum}`, "darkroom:provisionedPollers.maximum", maximum);
    },
  },
  {
    between: ["maxReceiveCount", "timeoutSeconds", "batchWindowSeconds", "sourceRetentionDays"],
    problem(settings) {
      // SQS forgets, without a word, what it has kept for so long: no dead letter would tell of it.
      const retention = workQueueRetentionSeconds(settings);
      const most = Math.floor(retention / visibilityTimeoutSeconds(settings)) - SPARE_RECEIVES;
      if (settings.maxReceiveCount <= most) return undefined;
      const what = `at most ${most} receives (all that sourceRetentionDays leaves time for)`;
      return expected(what, "darkroom:maxReceiveCount", settings.maxReceiveCount);
    },
  },
  {
    between: ["kmsKeyArn"],
    problem({ kmsKeyArn }, region) {
      if (kmsKeyArn === undefined || region === undefined || kmsKeyArn.split(":")[3] === region)
        return undefined;
      return expected(`a key of ${region} (aws:region)`, "darkroom:kmsKeyArn", kmsKeyArn);
    },
  },
  {
    between: ["source"],
    problem({ source: { bucket, kmsKeyArn } }) {
      if (bucket !== undefined || kmsKeyArn === undefined) return undefined;
      return expected("nothing (source.bucket is not set)", "darkroom:source.kmsKeyArn", kmsKeyArn);
    },
  },
  {
    between: ["source"],
    problem({ source }) {
      if (source.bucket === undefined) return undefined;
      const bytes = Buffer.byteLength(JSON.stringify(eventPattern(source.bucket, source)));
      if (bytes <= MAX_PATTERN_BYTES) return undefined;
      return expected(
        `at most ${MAX_PATTERN_BYTES} bytes of filter for EventBridge`,
        "darkroom:source",
        bytes,
      );
    },
  },
  {
    between: ["cdn", "cdnDomain"],
    problem({ cdn, cdnDomain }) {
      if (cdn || !cdnDomain) return undefined;
      return expected("nothing (cdn is off)", "darkroom:cdnDomain", cdnDomain.name);
    },
  },
  {
    between: ["batchSize", "maximumConcurrency", "provisionedPollers"],
    problem(settings) {
      const name = settings.provisionedPollers ? "provisionedPollers.maximum × 10" : "maximumConcurrency";
      return tooManyInFlight(settings.batchSize, name, workConcurrency(settings));
    },
  },
  {
    between: ["batchSize", "backfill", "backfillConcurrency"],
    problem: ({ batchSize, backfill, backfillConcurrency }) =>
      backfill ? tooManyInFlight(batchSize, "backfillConcurrency", backfillConcurrency) : undefined,
  },
  {
    between: [
      "presets",
      "variants",
      "limits",
      "metadata",
      "neverLarger",
      "gamut",
      "removeWithSource",
      "immutable",
    ],
    problem(settings) {
      const bytes = Buffer.byteLength(JSON.stringify(recipeOf(settings)));
      if (bytes <= MAX_RECIPE_BYTES) return undefined;
      const what = `at most ${MAX_RECIPE_BYTES} bytes of JSON`;
      return expected(what, "darkroom:presets and darkroom:variants", bytes);
    },
  },
];

/** One sentence for each disagreement among settings that are not `wrong` by themselves. */
export function disagreements(
  settings: Settings,
  wrong: ReadonlySet<unknown>,
  region: string | undefined,
): string[] {
  return RULES.filter(({ between }) => !between.some((name) => wrong.has(name))).flatMap(
    ({ problem }) => problem(settings, region) ?? [],
  );
}

function tooManyInFlight(batchSize: number, name: string, concurrency: number): string | undefined {
  const inFlight = batchSize * concurrency;
  if (inFlight < MAX_IN_FLIGHT) return undefined;
  return expected(`fewer than ${MAX_IN_FLIGHT} messages in flight`, `darkroom:batchSize × ${name}`, inFlight);
}
