// The least that rendering a folder can cost: read, decode once, encode, write; nobody to ask and nobody to tell. One of as
// many processes as the pipeline has environments, taking the next file when it is done with one.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { RecipeSchema, variantsFor } from "../settings/recipe.ts";
import { inspect } from "../worker/inspect/inspect.ts";
import { render } from "../worker/render/render.ts";

const { out, variants } = JSON.parse(process.argv[2] ?? "{}");
const recipe = v.parse(RecipeSchema, { variants });

process.on("message", async ({ path, key }: { path: string; key: string }) => {
  const source = await readFile(path);
  const { images } = await render(source, inspect(source, recipe.limits), variantsFor(recipe, key));
  await mkdir(join(out, key), { recursive: true });
  for (const { variant, format, body } of images)
    await writeFile(join(out, key, `${variant}.${format}`), body);
  process.send?.("next");
});
process.once("disconnect", () => process.exit());
process.send?.("next");
