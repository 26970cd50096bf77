// What `darkroom estimate` does.
import { readFunction, readMapping } from "../operations/engine.ts";
import {
  batchesOf,
  type Cost,
  costOf,
  drainSeconds,
  type Mode,
  provisionedMode,
  standardMode,
} from "../operations/estimate.ts";
import { imageWork } from "../operations/image-seconds.ts";
import { PRICES_AS_OF } from "../operations/prices.ts";
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
  modes: (Mode & { mode: "standard" | "provisioned"; isPresent: boolean; drainSeconds: number })[];
  cost: Cost;
  pricesAsOf: string;
}

export async function runEstimate(words: EstimateWords): Promise<ExitCode> {
  return await withTarget(words, async ({ target, name, signal }) => {
    const engine = engineOf(target);
    const facts = await readFunction(engine, signal);
    const mapping = await readMapping(engine, "work", signal);
    const { images, accountConcurrency: account } = words;
    const modelled = imageWork(facts.recipe, words.megapixels);
    const work = { ...modelled, seconds: words.seconds ?? modelled.seconds };
    const batches = batchesOf(images, facts, { ...work, imagesPerBatch: mapping.batchSize });
    const isProvisioned = mapping.pollers !== undefined;
    const drained = (mode: Mode) => ({ ...mode, drainSeconds: drainSeconds(batches, mode) });
    const estimate: Estimate = {
      images,
      secondsPerImage: work.seconds,
      renditionsPerImage: work.renditions,
      modes: [
        { mode: "standard", isPresent: !isProvisioned, ...drained(standardMode(mapping, account)) },
        { mode: "provisioned", isPresent: isProvisioned, ...drained(provisionedMode(mapping, account)) },
      ],
      cost: costOf({ batches, work, facts }),
      pricesAsOf: PRICES_AS_OF,
    };
    console.log(words.json ? JSON.stringify(estimate, null, 2) : text(estimate, name));
    return EXIT_CODE.done;
  });
}

function text({ images, secondsPerImage, renditionsPerImage, modes, cost }: Estimate, name: string): string {
  const right = { align: "right", columns: 14 } as const;
  const table = plainTable(
    [
      { name: "Mode", columns: 24 },
      ...["Starts with", "More a minute", "At most", "Drained in"].map((head) => ({ name: head, ...right })),
    ],
    modes.map(({ mode, isPresent, start, rampPerSecond, cap, ...each }) => [
      isPresent ? `${mode}, as it is` : mode,
      ...[start, rampPerSecond * 60, cap].map((count) => count.toLocaleString("en")),
      aboutText(each.drainSeconds * 1000),
    ]),
  );
  const of = `${secondsPerImage.toFixed(2)} s and ${countText(renditionsPerImage, "rendition")} each`;
  return [
    paint("bold", `${countText(images, "image")} at once for ${name}`),
    `${of}; invocations at once:`,
    table,
    `${dollarsText(cost.total)}: Lambda ${dollarsText(cost.lambda)}, SQS ${dollarsText(cost.sqs)}, S3 ${dollarsText(cost.s3)}.`,
    paint(
      "dim",
      `us-east-1, ${PRICES_AS_OF}, without free tiers, what is stored, and what provisioned pollers cost by the hour.`,
    ),
  ].join("\n\n");
}
