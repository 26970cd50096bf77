// Makes the destination agree with one source object as it is now, whatever the message said: an event is only a hint
// to look. Uploads, overwrites, deletions, duplicates, backfills, changed recipes and redrives all go through here.
//
//   look ──unchanged────────────────────────────────────────────► done
//    │ ├──gone──► remove ────────────────────────► verify ──────► done
//    │ └──due───► make ► publish ► commit ► prune ► verify ─────► done
//    ▲                      │        │                │
//    └───── overtaken ◄─────┴────────┴────────────────┘
//
// Why it converges: a late writer can only lose its condition; and whoever wrote or deleted anything either looks again
// until nothing differs, or dies and leaves its message to somebody who will.
import { variantsFor } from "../../settings/recipe.ts";
import { recipeHash } from "../../settings/recipe-hash.ts";
import { Failure } from "../failure.ts";
import { longestKeyBytes, MAX_KEY_BYTES } from "./keys.ts";
import { type Due, look, type Standing } from "./look.ts";
import { make, makeNothing } from "./make.ts";
import type { Manifest } from "./manifest.ts";
import type { Outcome } from "./outcome.ts";
import { commit, nextGeneration, prune, publish } from "./publish.ts";
import { remove } from "./remove.ts";
import { isOvertaken, uploadOf } from "./verify.ts";
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
  outcome?: Outcome;
}

const OVERTAKEN: Step = { isSettled: false };

export async function reconcile({ key, careful }: Job, world: World): Promise<Outcome> {
  const longest = longestKeyBytes(key, variantsFor(world.recipe, key), world.recipe);
  if (longest > MAX_KEY_BYTES) return refuseLongKey(key, longest, world);

  let outcome: Outcome = { event: "unchanged" };
  for (let looks = 1; looks <= MAX_LOOKS; looks += 1) {
    const sight = await look(key, careful || looks > 1, world);
    if (sight.state === "unchanged") return outcome;
    if (sight.state === "blurred") continue;
    const step = sight.state === "gone" ? clear(key, sight.standing, world) : refresh(key, sight, world);
    const { isSettled, outcome: achieved } = await step;
    outcome = achieved ?? outcome;
    if (isSettled) return outcome;
  }
  throw new Failure(
    "CONTENDED",
    `The source or its renditions changed during each of ${MAX_LOOKS} attempts.`,
  );
}

/** Nothing can stand under such a key, so there is nothing to remove either. */
async function refuseLongKey(key: string, bytes: number, world: World): Promise<Outcome> {
  if ((await world.source.head(key)) === "absent") return SOURCE_GONE;
  throw new Failure(
    "KEY_TOO_LONG",
    `A rendition's key would have ${bytes} bytes; S3 takes ${MAX_KEY_BYTES}.`,
  );
}

async function clear(key: string, standing: Standing, world: World): Promise<Step> {
  const renditions = standing.renditionEtags.size;
  const hasNothing = renditions === 0 && standing.manifestEtag === undefined;
  if (hasNothing || !world.recipe.removeWithSource) return { isSettled: true, outcome: SOURCE_GONE };

  if ((await remove(key, standing, world)) === "overtaken") return OVERTAKEN;
  const isStillGone = (await world.source.head(key)) === "absent";
  return { isSettled: isStillGone, outcome: { event: "removed", renditions } };
}

async function refresh(key: string, sight: Due, world: World): Promise<Step> {
  const { standing, source, focalPoint, keep, due } = sight;
  const origin = { key, etag: source.etag, upload: uploadOf(source), focalPoint };
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

  const isVerified = !(await isOvertaken(origin, world));
  const metNobody = !published.contended && pruned === 0;
  const bytesOut = published.renditions.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    isSettled: isVerified && metNobody,
    outcome: { event: "rendered", renditions: published.renditions.length, bytesIn: made.bytesIn, bytesOut },
  };
}

function makeDue(key: string, sight: Due, world: World) {
  const { source, standing, due } = sight;
  if (due.length > 0 || standing.manifest === undefined) return make(key, sight, world);
  source.discard();
  return makeNothing(standing.manifest);
}
