// Which sources are due for a backfill, a page of the listing at a time: of a million keys, a few thousand are held at once.
import type { _Object } from "@aws-sdk/client-s3";
import pLimit from "p-limit";
import { type Recipe, variantsFor } from "../../settings/recipe.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import { announcedKeys } from "../announced-keys.ts";
import type { ListOptions } from "../dead-letters/dead-letters.ts";
import { type Manifest, readManifest } from "../manifest.ts";
import type { Target } from "../target.ts";
import { keysOfDeadLetters } from "../verify.ts";
import { listedPages } from "./listed-pages.ts";

export type Choice =
  /** No manifest, and no dead letter that says why. */
  | "missing"
  /** Made by another recipe than today's. */
  | "outdated"
  | "all";

export interface Selection {
  choice: Choice;
  prefix?: string | undefined;
  /** Put at this time or later. */
  sinceMs?: number | undefined;
}

interface DueSource {
  key: string;
  bytes: number;
}

export interface DuePage {
  /** Keys that were looked at. */
  looked: number;
  due: DueSource[];
}

export interface DueOptions extends ListOptions {
  /** Needed for "outdated". */
  recipe?: Recipe | undefined;
  pageSize?: number;
}

const CONCURRENCY = 32;

export async function* dueSources(
  target: Target,
  selection: Selection,
  options: DueOptions = {},
): AsyncGenerator<DuePage, void, undefined> {
  const { s3: client, sourceBucket: bucket } = target;
  const { prefix = "", choice } = selection;
  const isAnnounced = await announcedKeys(target);
  const explained = choice === "missing" ? await keysOfDeadLetters(target, options) : new Set<string>();
  const limit = pLimit(CONCURRENCY);
  for await (const page of listedPages({ client, bucket, prefix, pageSize: options.pageSize })) {
    options.signal?.throwIfAborted();
    const candidates = candidatesOf(page, selection).filter(
      ({ key }) => isAnnounced(key) && !explained.has(key),
    );
    const isDue = await limit.map(candidates, ({ key }) => decide(target, key, selection, options));
    yield { looked: candidates.length, due: candidates.filter((_, index) => isDue[index]) };
  }
}

function candidatesOf(
  page: readonly _Object[],
  { sinceMs = Number.NEGATIVE_INFINITY }: Selection,
): DueSource[] {
  return page
    .filter(({ LastModified }) => (LastModified?.getTime() ?? 0) >= sinceMs)
    .map(({ Key = "", Size = 0 }) => ({ key: Key, bytes: Size }));
}

async function decide(
  target: Target,
  key: string,
  { choice }: Selection,
  { recipe, signal }: DueOptions,
): Promise<boolean> {
  if (choice === "all") return true;
  const manifest = await readManifest(target, key, signal);
  if (choice === "missing") return manifest === undefined;
  return manifest !== undefined && recipe !== undefined && isOutdated(manifest, key, recipe);
}

function isOutdated(manifest: Manifest, key: string, recipe: Recipe): boolean {
  if (manifest.recipe !== recipeHash(variantsFor(recipe, key))) return true;
  // An immutable set lies a folder deeper.
  const lies = ({ key: at, variant, format }: Manifest["renditions"][number]) =>
    at !== `${key}/${variant}.${format}`;
  return manifest.renditions.some((rendition) => lies(rendition) !== recipe.immutable);
}
