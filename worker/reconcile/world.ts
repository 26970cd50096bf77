// Everything `reconcile` touches, passed in: the simulation in test/ runs the same code over simulated buckets.
import type { Limits, Recipe } from "../../settings/recipe.ts";
import type { Variant } from "../../settings/variant.ts";
import type { Header } from "../inspect/header.ts";
import type { MemoryBudget } from "../isolation/memory-budget.ts";
import type { Tell } from "../outcomes/news.ts";
import type { FocalPoint } from "../render/geometry.ts";
import type { Rendered } from "../render/render.ts";
import type { ObjectStore } from "./store.ts";

export interface World {
  source: ObjectStore;
  destination: ObjectStore;
  recipe: Recipe;
  workerVersion: string;
  memory: MemoryBudget;
  nowMs(): number;
  /** Absent where nobody wants to hear of outcomes. */
  tell?: Tell | undefined;
  /** Aborted, with a Failure as its reason, when the invocation's time is over. */
  signal: AbortSignal;
  inspect(bytes: Uint8Array, limits: Limits): Header;
  estimateMemoryBytes(header: Header, sourceBytes: number, variants: readonly Variant[]): number;
  /** `anew`: in surroundings that no other image has touched. `focalPoint`: what to keep where variants crop. */
  render(
    source: Uint8Array,
    header: Header,
    variants: readonly Variant[],
    options?: { anew?: boolean; focalPoint?: FocalPoint | undefined },
  ): Promise<Rendered>;
}
