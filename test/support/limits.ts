// Limits as they stand when nobody set any, with the ones a test is about.

import * as v from "valibot";
import { type Limits, RecipeSchema } from "../../settings/recipe.ts";

export function limitsOf(fields: Partial<Limits> = {}): Limits {
  return { ...v.parse(RecipeSchema, {}).limits, ...fields };
}
