// Makes the destination agree with one source object as it is now, whatever the message said: an event is only a hint
// to look. Uploads, overwrites, deletions, duplicates, backfills, changed recipes and redrives all go through here.
//
//   look ──unchanged─────────────────────────────► tell ► verify ────► done
//    │ ├──gone──► remove ─────────────────────────► tell ► verify ────► done
//    │ └──due───► make ► publish ► commit ► prune ► tell ► verify ────► done
//    ▲              │       │         │               │       │
//    │           rejected ────────────────────────► tell ► verify ────► thrown
//    └───────── overtaken ◄─┴─────────┴───────────────┴───────┘
//
// Why it converges: a late writer can only lose its condition; and whoever wrote, deleted or told anything either looks
// again until nothing differs, or dies and leaves its message to somebody who will.
import { variantsFor } from "../../settings/recipe.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import { Failure } from "../failure.ts";
import type { News } from "../outcomes/news.ts";
import { longestKeyBytes, MAX_KEY_BYTES } from "./keys.ts";
import { type Due, look, type Standing } from "./look.ts";
import { make, makeNothing } from "./make.ts";
import type { Manifest } from "./manifest.ts";
import type { Outcome } from "./outcome.ts";
import { commit, nextGeneration, prune, publish } from "./publish.ts";
import { remove } from "./remove.ts";
import type { StoredObject } from "./store.ts";
import { isOvertaken, originOf } from "./verify.ts";
import type { World } from "./world.ts";

export interface Job {
  key: string;
  /** Trust nothing that a manifest says: see look.ts. */
  careful: boolean;
}

/** Two looks are normal where a recipe changed. A source that is overwritten faster than it renders can wait its turn. */
const MAX_LOOKS = 5;

const SOURCE_GONE: Outcome = { event: "ignored", code: "SOURCE_GONE" };

/** Not settled: look again. Without an outcome: nothing was achieved. */
interface Step {
  isSettled: boolean;
  /** Whether what stands now was told, and was still true after. */
  isTold?: boolean;
  outcome?: Outcome;
}

const OVERTAKEN: Step = { isSettled: false };

export async function reconcile({ key, careful }: Job, world: World): Promise<Outcome> {
  let outcome: Outcome = { event: "unchanged" };
  let isTold = false;
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    const step = await takeStep({ key, careful: careful || looks > 1 }, isTold, world);
    outcome = step.outcome ?? outcome;
    if (step.isSettled) return outcome;
    isTold = step.isTold ?? false;
  }
  throw new Failure(
    "CONTENDED",
    `The source or its renditions changed during each of ${MAX_LOOKS} attempts.`,
  );
}

async function takeStep({ key, careful }: Job, isTold: boolean, world: World): Promise<Step> {
  const seenMs = world.nowMs();
  const longest = longestKeyBytes(key, variantsFor(world.recipe, key), world.recipe);
  if (longest > MAX_KEY_BYTES) return refuseLongKey(key, longest, seenMs, world);
  const sight = await look(key, careful, world);
  if (sight.state === "blurred") return OVERTAKEN;
  if (sight.state === "gone") return clear(key, sight.standing, seenMs, world);
  if (sight.state === "due") return refresh(key, sight, seenMs, world);
  return isTold || !world.tell ? { isSettled: true } : repeat(sight.manifest, seenMs, world);
}

/** Nothing can stand under such a key, so there is nothing to remove either. */
async function refuseLongKey(key: string, bytes: number, seenMs: number, world: World): Promise<Step> {
  const source = await world.source.head(key);
  if (source === "absent") return tellGone(key, seenMs, world);
  const failure = new Failure(
    "KEY_TOO_LONG",
    `A rendition's key would have ${bytes} bytes; S3 takes ${MAX_KEY_BYTES}.`,
  );
  return tellRejected(key, source, failure, seenMs, world);
}

async function clear(key: string, standing: Standing, seenMs: number, world: World): Promise<Step> {
  const renditions = standing.renditionEtags.size;
  const hasNothing = renditions === 0 && standing.manifestEtag === undefined;
  if (hasNothing) return tellGone(key, seenMs, world);
  if (!world.recipe.removeWithSource) return { isSettled: true, outcome: SOURCE_GONE };

  if ((await remove(key, standing, world)) === "overtaken") return OVERTAKEN;
  return tellRemoved(key, { event: "removed", renditions }, seenMs, world);
}

/** It may have been told of before: as rejected, or by somebody who removed its set and died. */
async function tellGone(key: string, seenMs: number, world: World): Promise<Step> {
  return world.tell
    ? tellRemoved(key, SOURCE_GONE, seenMs, world)
    : { isSettled: true, outcome: SOURCE_GONE };
}

async function tellRemoved(key: string, outcome: Outcome, seenMs: number, world: World): Promise<Step> {
  const isTold = await isNewsTold({ outcome: "removed", key, seenMs }, world);
  return { isSettled: isTold && (await world.source.head(key)) === "absent", outcome };
}

async function refresh(key: string, sight: Due, seenMs: number, world: World): Promise<Step> {
  try {
    return await renew(key, sight, seenMs, world);
  } catch (error) {
    if (!(error instanceof Failure) || error.disposition !== "reject" || !world.tell) throw error;
    return tellRejected(key, sight.source, error, seenMs, world);
  }
}

async function renew(key: string, sight: Due, seenMs: number, world: World): Promise<Step> {
  const { standing, source, keep, due } = sight;
  const origin = originOf(key, source, world);
  const made = await makeDue(key, sight, world);

  const published = await publish(made.images, due, origin, standing, world);
  if (published === "overtaken") return OVERTAKEN;

  const manifest: Manifest = {
    version: 1,
    source: made.source,
    recipe: recipeHash(variantsFor(world.recipe, key)),
    workerVersion: world.workerVersion,
    placeholder: made.placeholder,
    dominantColour: made.dominantColour,
    ...(world.recipe.immutable && { generation: nextGeneration(standing) }),
    renditions: [...keep, ...published.renditions].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  };
  if ((await commit(manifest, standing, world)) === "overtaken") return OVERTAKEN;
  const pruned = await prune(manifest, standing, world);

  const news: News = { outcome: "rendered", key, seenMs, source, manifest };
  const isTold = (await isNewsTold(news, world)) && !(await isOvertaken(origin, world));
  const metNobody = !published.contended && pruned === 0;
  const bytesOut = published.renditions.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    isSettled: isTold && metNobody,
    isTold,
    outcome: { event: "rendered", renditions: published.renditions.length, bytesIn: made.bytesIn, bytesOut },
  };
}

function makeDue(key: string, sight: Due, world: World) {
  const { source, standing, due } = sight;
  if (due.length > 0 || standing.manifest === undefined) return make(key, sight, world);
  source.discard();
  return makeNothing(standing.manifest);
}

/**
 * Who made the set may have died before they could tell; or a rejection was told since, of a source that is now again what it
 * was. A 304 has none of the object's facts: it takes a second look.
 */
async function repeat(manifest: Manifest, seenMs: number, world: World): Promise<Step> {
  const { key, etag } = manifest.source;
  const source = await world.source.head(key);
  if (source === "absent" || source.etag !== etag) return OVERTAKEN;
  const isTold = await isNewsTold({ outcome: "rendered", key, seenMs, source, manifest }, world);
  return { isSettled: isTold && !(await isOvertaken(originOf(key, source, world), world)) };
}

/** Throws the failure, unless it is about a source that is there no more. */
async function tellRejected(
  key: string,
  source: StoredObject,
  failure: Failure,
  seenMs: number,
  world: World,
): Promise<Step> {
  if (!world.tell) throw failure;
  const isTold = await isNewsTold({ outcome: "rejected", key, seenMs, source, failure }, world);
  if (isTold && !(await isOvertaken(originOf(key, source, world), world))) throw failure;
  return OVERTAKEN;
}

/**
 * Before the last look at the source: whoever told what is no longer true looks again, and tells better. Not when the
 * catalog knows something newer: then another look is due, too.
 */
async function isNewsTold(news: News, { tell }: World): Promise<boolean> {
  return (await tell?.(news)) !== "outdated";
}
