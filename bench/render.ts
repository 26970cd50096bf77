// What decoding once saves: the worker's render() against a sharp pipeline of its own for every rendition, with the same
// encoders, one thread each. `npm run bench -- --rounds 9 --megapixels 12 --formats webp,jpeg`

import { availableParallelism, cpus } from "node:os";
import Table from "cli-table3";
import sharp from "sharp";
import * as v from "valibot";
import { readWords, refuse } from "../scripts/command.ts";
import { expected } from "../settings/problem.ts";
import { RecipeSchema, variantsFor } from "../settings/recipe.ts";
import { RENDITION_FORMATS, type Variant } from "../settings/variant.ts";
import { inspect } from "../worker/inspect/inspect.ts";
import { toFormat } from "../worker/render/encode.ts";
import { render } from "../worker/render/render.ts";
import { interleave, type Spread, spreadOf } from "./measure.ts";
import { type BenchSource, paintSources } from "./sources.ts";

const WIDTHS = [1280, 640, 320];

const { values } = readWords({
  options: {
    rounds: { type: "string", default: "7", least: 1 },
    megapixels: { type: "string", default: "12", least: 1 },
    formats: { type: "string", default: "webp,jpeg" },
  },
});
const rounds = Number(values.rounds);
const formats = values.formats.split(",");
const settings = v.safeParse(RecipeSchema, {
  variants: WIDTHS.map((width) => ({ name: `w${width}`, width, formats })),
});
if (!settings.success) refuse(expected(RENDITION_FORMATS.join(", "), "--formats", values.formats));
const recipe = settings.output;
const variants = variantsFor(recipe, "photo.jpg");

const sources = await paintSources(Number(values.megapixels));
const table = new Table({
  head: ["source", "MB", "img/s", "CPU ms", "CPU ms apart", "CPU ratio", "time ratio"],
  style: { head: [], border: [] },
  colAligns: ["left", "right", "right", "right", "right", "right", "right"],
});
for (const source of sources) table.push(await row(source));
console.log(
  `${WIDTHS.length} widths × ${formats.join(", ")} of ${values.megapixels} megapixels; ${rounds} interleaved rounds; ` +
    `sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}, Node ${process.versions.node}, ` +
    `${availableParallelism()} × ${cpus()[0]?.model.trim()}`,
);
console.log(table.toString());
console.log(
  "Medians. Ratios: decoded once ÷ decoded for each rendition, with the least and the most of any round.",
);

async function row({ name, bytes }: BenchSource): Promise<string[]> {
  const costs = await interleave([() => once(bytes), () => apart(bytes)], rounds);
  const of = (pick: (round: (typeof costs)[number]) => number) => spreadOf(costs.map(pick));
  const onceMs = of(([first]) => first?.wallMs ?? 0).median;
  return [
    name,
    (bytes.length / 1e6).toFixed(1),
    (1000 / onceMs).toFixed(2),
    of(([first]) => first?.cpuMs ?? 0).median.toFixed(0),
    of(([, second]) => second?.cpuMs ?? 0).median.toFixed(0),
    ratio(of(([first, second]) => (first?.cpuMs ?? 0) / (second?.cpuMs ?? 1))),
    ratio(of(([first, second]) => (first?.wallMs ?? 0) / (second?.wallMs ?? 1))),
  ];
}

function ratio({ median, least, most }: Spread): string {
  return `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

/** As the worker does. Its placeholder and dominant colour are in the price. */
async function once(source: Buffer): Promise<void> {
  await render(source, inspect(source, recipe.limits), variants);
}

/** As the sharp documentation shows it, the formats of a width side by side as in the worker. */
async function apart(source: Buffer): Promise<void> {
  for (const variant of variants) {
    await Promise.all(variant.formats.map((format) => pipeline(source, variant, format)));
  }
}

function pipeline(source: Buffer, variant: Variant, format: Variant["formats"][number]): Promise<Buffer> {
  const { width, withoutEnlargement } = variant;
  const resized = sharp(source, { failOn: "warning" })
    .autoOrient()
    .resize({ ...(width !== undefined && { width }), withoutEnlargement });
  return toFormat(resized, variant, format).toBuffer();
}
