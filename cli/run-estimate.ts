// What `darkroom estimate` does.

import { lanesOf, type MappingFacts, readFunction, readMapping } from "../operations/engine.ts";
import { type Cost, costOf, monthlyIdleCost } from "../operations/estimate/cost.ts";
import {
  type Batches,
  batchesOf,
  DEFAULT_POLLERS,
  drainSeconds,
  type Mode,
  provisionedMode,
  standardMode,
} from "../operations/estimate/estimate.ts";
import { imageWork } from "../operations/estimate/image-seconds.ts";
import { PRICES_AS_OF } from "../operations/estimate/prices.ts";
import type { TargetOptions } from "./commands/target-options.ts";
import { EXIT_CODE, type ExitCode } from "./exit-code.ts";
import { aboutText, countText, dollarsText } from "./figures.ts";
import { engineOf, withTarget } from "./target.ts";
import { paint } from "./terminal/screen.ts";
import { plainTable } from "./terminal/table.ts";

export interface EstimateWords extends TargetOptions {
  images: number;
  megapixels: number;
  seconds?: number;
  accountConcurrency: number;
}

interface Estimate {
  images: number;
  secondsPerImage: number;
  renditionsPerImage: number;
  modes: ModeEstimate[];
  /** Of the images, in either mode. */
  cost: Cost;
  pricesAsOf: string;
}

interface ModeEstimate extends Mode {
  mode: "standard" | "provisioned";
  isPresent: boolean;
  drainSeconds: number;
  /** Of the stack while nobody uploads. */
  idleMonth: Cost;
}

export async function runEstimate(words: EstimateWords): Promise<ExitCode> {
  return await withTarget(words, async ({ target, name, signal }) => {
    const engine = engineOf(target);
    const facts = await readFunction(engine, signal);
    const mapping = await readMapping(engine, "work", signal);
    const { images } = words;
    const modelled = imageWork(facts.recipe, words.megapixels);
    const work = { ...modelled, seconds: words.seconds ?? modelled.seconds };
    const batches = batchesOf(images, facts, { ...work, imagesPerBatch: mapping.batchSize });
    const estimate: Estimate = {
      images,
      secondsPerImage: work.seconds,
      renditionsPerImage: work.renditions,
      modes: modesOf(batches, mapping, {
        account: words.accountConcurrency,
        backfill: lanesOf(engine).length > 1,
      }),
      cost: costOf({ batches, work, facts }),
      pricesAsOf: PRICES_AS_OF,
    };
    console.log(words.json ? JSON.stringify(estimate, null, 2) : text(estimate, name));
    return EXIT_CODE.done;
  });
}

function modesOf(
  batches: Batches,
  mapping: MappingFacts,
  { account, backfill }: { account: number; backfill: boolean },
): ModeEstimate[] {
  const { pollers } = mapping;
  const estimated = (mode: Mode, provisionedPollers: MappingFacts["pollers"]) => ({
    ...mode,
    isPresent: (pollers === undefined) === (provisionedPollers === undefined),
    drainSeconds: drainSeconds(batches, mode),
    idleMonth: monthlyIdleCost({ provisionedPollers, backfill }),
  });
  return [
    { mode: "standard", ...estimated(standardMode(mapping, account), undefined) },
    { mode: "provisioned", ...estimated(provisionedMode(mapping, account), pollers ?? DEFAULT_POLLERS) },
  ];
}

function text(estimate: Estimate, name: string): string {
  const { images, secondsPerImage, renditionsPerImage, modes, cost } = estimate;
  const of = `${secondsPerImage.toFixed(2)} s on one core and ${countText(renditionsPerImage, "rendition")} each`;
  const dim = (line: string) => paint("dim", line);
  return [
    paint("bold", `${countText(images, "image")} at once for ${name}`),
    `${of}; invocations at once:`,
    modesTable(modes),
    costTable(cost, images),
    [
      dim(`us-east-1, ${PRICES_AS_OF}, without free tiers, uploads, and what is stored.`),
      dim("Idle: a month without uploads. The price of pollers is inferred from Kafka's."),
    ].join("\n"),
  ].join("\n\n");
}

function modesTable(modes: readonly ModeEstimate[]): string {
  const heads = ["Starts with", "A minute", "At most", "Drained in", "Idle"];
  return plainTable(
    [
      { name: "Mode", columns: 23 },
      ...heads.map((name) => ({ name, align: "right", columns: name === "Starts with" ? 13 : 11 }) as const),
    ],
    modes.map(({ mode, isPresent, start, rampPerSecond, cap, ...each }) => [
      isPresent ? `${mode}, as it is` : mode,
      start.toLocaleString("en"),
      `+${(rampPerSecond * 60).toLocaleString("en")}`,
      cap.toLocaleString("en"),
      aboutText(each.drainSeconds * 1000),
      dollarsText(each.idleMonth.total),
    ]),
  );
}

function costTable({ items, total }: Cost, images: number): string {
  const row = (name: string, usd: number) => [
    name,
    dollarsText(usd),
    dollarsText((usd / images) * 1_000_000),
    `${Math.round((100 * usd) / total)}%`,
  ];
  return plainTable(
    [
      { name: "Cost", columns: 23 },
      { name: "These", align: "right", columns: 13 },
      { name: "A million", align: "right", columns: 11 },
      { name: "Share", align: "right", columns: 11 },
    ],
    [...items.map(({ item, usd }) => row(item, usd)), row(paint("bold", "Total"), total)],
  );
}
