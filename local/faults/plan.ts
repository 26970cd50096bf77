// What shall go wrong, and how often: the chances that a seed draws from.
import * as v from "valibot";

const chance = (otherwise: number) =>
  v.optional(
    v.pipe(
      v.number("a chance from 0 to 1"),
      v.minValue(0, "a chance from 0 to 1"),
      v.maxValue(1, "a chance from 0 to 1"),
    ),
    otherwise,
  );
const upTo = (limit: number, unit: string, otherwise: number) => {
  const what = `a whole number from 0 to ${limit} ${unit}`;
  return v.optional(
    v.pipe(v.number(what), v.integer(what), v.minValue(0, what), v.maxValue(limit, what)),
    otherwise,
  );
};

/** The defaults are far worse than AWS, and mild enough for a pipeline that is right to get through. */
export const FaultPlanSchema = v.strictObject({
  seed: v.pipe(v.number("a whole number"), v.integer("a whole number")),
  /** Per request of a function: 503, and nothing was done. */
  unavailable: chance(0.02),
  /** Per request of a function: asked to slow down, and nothing was done. */
  throttled: chance(0.02),
  /** Per request of a function: it was done, but the connection broke before the answer. */
  lostAnswer: chance(0.01),
  /** Per download of a function: the connection breaks half-way. */
  cutDownload: chance(0.01),
  /** Per request of a function: how long it may take longer. */
  latencyMs: upTo(10_000, "milliseconds", 50),
  /** Per event: announced twice. */
  duplicate: chance(0.05),
  /** Per announcement: so much later, and so behind younger ones. */
  late: chance(0.1),
  lateSeconds: upTo(900, "seconds", 20),
  /** Per invocation: its process is killed somewhere in the first `withinMs`. */
  killed: chance(0.03),
  /** Per invocation: its process stands still, from somewhere in the first `withinMs`, for up to `frozenMs`. */
  frozen: chance(0.03),
  frozenMs: upTo(900_000, "milliseconds", 5000),
  withinMs: upTo(900_000, "milliseconds", 2000),
});

export type FaultPlan = v.InferOutput<typeof FaultPlanSchema>;
