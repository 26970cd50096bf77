// What images cost, and what a stack costs while it rests, item by item. Pure: settings in, dollars out.
import { recipeOf } from "../../settings/recipe.ts";
import type { Settings } from "../../settings/settings.ts";
import type { FunctionFacts } from "../engine.ts";
import { type Batches, batchesOf } from "./estimate.ts";
import { type ImageWork, imageWork } from "./image-seconds.ts";
import { PRICES, type PriceName } from "./prices.ts";

interface LineItem {
  item: string;
  /** Of what the price is for. */
  quantity: number;
  price: PriceName;
  usd: number;
}

export interface Cost {
  items: LineItem[];
  total: number;
}

/** The manifest, the source, and the source once more when all is written. A test counts what the worker sends. */
const S3_READS_PER_IMAGE = 3;

/** 310 of the worker, and its share of what Lambda itself writes about a batch of ten. */
const LOG_BYTES_PER_IMAGE = 400;

/** Of the catalog, for a key of 40 characters. A test measures the worker's. */
const ITEM_BYTES = { always: 470, perRendition: 113 };
const BYTES_PER_WRITE = 1024;

export interface CostOptions {
  batches: Batches;
  work: ImageWork;
  facts: Pick<FunctionFacts, "memoryMiB" | "architecture" | "tells">;
  /** An upload is one of its own; operators may send several in one. */
  imagesPerMessage?: number;
}

/** Of working on them. Whoever uploads pays a write for each, and whoever keeps the renditions their bytes: not in it. */
export function costOf({ batches, work, facts, imagesPerMessage = 1 }: CostOptions): Cost {
  const { images, imagesPerBatch, secondsPerBatch } = batches;
  const invocations = images / imagesPerBatch;
  const messages = images / imagesPerMessage;
  const gigabyteSeconds = invocations * secondsPerBatch * (facts.memoryMiB / 1024);
  return sumOf([
    line("Lambda time", gigabyteSeconds, facts.architecture === "arm64" ? "lambdaArm64" : "lambdaX86"),
    line("Lambda requests", invocations, "lambdaRequest"),
    // Sent, and deleted one by one as they are done; for each batch a receive, and Lambda's own delete.
    line("SQS requests", 2 * messages + 2 * invocations, "sqsRequest"),
    line("S3 reads", images * S3_READS_PER_IMAGE, "s3Read"),
    // Each rendition, and the manifest.
    line("S3 writes", images * (work.renditions + 1), "s3Write"),
    ...(facts.tells.catalog ? [line("Catalog writes", images * writesPerItem(work), "dynamodbWrite")] : []),
    ...(facts.tells.events ? [line("Events", images, "snsRequest")] : []),
    line("Logs", (images * LOG_BYTES_PER_IMAGE) / 1e9, "logGigabyte"),
  ]);
}

/** The item, and its entry in the index by status; one more by upload batch is only for those that have one. */
function writesPerItem({ renditions }: ImageWork): number {
  return Math.ceil((ITEM_BYTES.always + ITEM_BYTES.perRendition * renditions) / BYTES_PER_WRITE) + 1;
}

/** An image as the model knows it, or with the time on one core that was measured. */
export interface ModelImage {
  megapixels: number;
  seconds?: number;
}

const USUAL_IMAGE: ModelImage = { megapixels: 12 };

export function costPerMillion(settings: Settings, image: ModelImage = USUAL_IMAGE): Cost {
  const modelled = imageWork(recipeOf(settings), image.megapixels);
  const work = { ...modelled, seconds: image.seconds ?? modelled.seconds };
  const { batchSize: imagesPerBatch, memoryMiB, architecture, catalog, events } = settings;
  const batches = batchesOf(1_000_000, settings, { ...work, imagesPerBatch });
  return costOf({ batches, work, facts: { memoryMiB, architecture, tells: { catalog, events } } });
}

const HOURS_PER_MONTH = 720;

/** What Lambda keeps on a queue that rests; a maximum concurrency forbids it to keep fewer. */
const STANDARD_POLLERS = 5;

/** Each asks for 20 seconds at a time. */
const POLLS_PER_HOUR = 3600 / 20;

export type IdleSettings = Pick<Settings, "provisionedPollers" | "backfill">;

/** Of a stack that nobody uploads to. What the buckets hold is not in it. */
export function monthlyIdleCost({ provisionedPollers, backfill }: IdleSettings): Cost {
  const provisioned = provisionedPollers?.minimum ?? 0;
  const pollers = (provisioned || STANDARD_POLLERS) + (backfill ? STANDARD_POLLERS : 0);
  return sumOf([
    line("SQS polls", pollers * POLLS_PER_HOUR * HOURS_PER_MONTH, "sqsRequest"),
    ...(provisioned > 0 ? [line("Provisioned pollers", provisioned * HOURS_PER_MONTH, "lambdaPoller")] : []),
    line("Alarms", alarmMetrics(backfill), "alarmMetric"),
    line("Dashboard", 1, "dashboard"),
  ]);
}

/** Those of infra/alarms.ts; a test holds them together. An alarm over two metrics is paid twice. */
function alarmMetrics(backfill: boolean): number {
  const [deadLetters, perLane, ofFunction] = [3, 2, 3];
  return deadLetters + perLane * (backfill ? 2 : 1) + ofFunction;
}

function line(item: string, quantity: number, price: PriceName): LineItem {
  return { item, quantity, price, usd: quantity * PRICES[price].usd };
}

function sumOf(items: LineItem[]): Cost {
  return { items, total: items.reduce((sum, { usd }) => sum + usd, 0) };
}
