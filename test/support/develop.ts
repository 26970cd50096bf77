// From bytes to renditions by the worker's own two steps, with variants as a person writes them.
import * as v from "valibot";
import { RecipeSchema, variantsFor } from "../../settings/recipe.ts";
import type { Variant } from "../../settings/variant.ts";
import { inspect } from "../../worker/inspect/inspect.ts";
import type { RenderedImage } from "../../worker/render/encode.ts";
import { type Rendered, render } from "../../worker/render/render.ts";
import { limitsOf } from "./limits.ts";

type VariantInput = Partial<v.InferInput<typeof RecipeSchema>["variants"] & object>[number];

export function variantsOf(...variants: VariantInput[]): Variant[] {
  return variantsFor(v.parse(RecipeSchema, { variants }), "photo");
}

export async function develop(source: Uint8Array, ...variants: VariantInput[]): Promise<Rendered> {
  return render(source, inspect(source, limitsOf()), variantsOf(...variants));
}

/** The only rendition of a variant with one format. */
export async function developOne(source: Uint8Array, variant: Partial<VariantInput>): Promise<RenderedImage> {
  const { images } = await develop(source, { name: "one", formats: ["png"], ...variant } as VariantInput);
  if (images.length !== 1) throw new Error(`Expected one rendition, but received ${images.length}.`);
  return images[0]!;
}
