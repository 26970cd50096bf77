// The guards of the worker, each taken away: from outside where it can be, by wrapping what the worker is given; else in
// a copy of its source. With any of them gone the judge must find what the guard is there to prevent, or it proves
// nothing. A copy whose text is no longer found is an error, so that no guard slips out of the list.
import type { Mutation } from "./mutations.ts";
import {
  anythingAdopted,
  deletesAnything,
  isManifest,
  lengthUnchecked,
  listedOnly,
  manifestDeletedLast,
  manifestFirst,
  neverOvertaken,
  unconditional,
} from "./wrong-stores.ts";

export interface SourceEdit {
  file: string;
  from: string;
  to: string;
}

export interface Guard {
  name: string;
  /** The columns of the table that it keeps at 0. */
  keeps: readonly string[];
  without: Partial<Mutation> | SourceEdit;
  /** About those who hear of outcomes, who are not there otherwise. */
  listened?: boolean;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: it is a text of the worker's source
const REVISION = "`${content} ${recipeHash(variants)} ${generation}`";
/** Without one of its parts. */
const revisionWithout = (part: string) => REVISION.replace(new RegExp(` ?\\$\\{${part}[^}]*\\}`), "");

export const GUARDS: readonly Guard[] = [
  {
    name: "renditions are written on a condition",
    keeps: ["newest overwritten or removed", "stale", "torn", "resurrected"],
    without: unconditional((key) => !isManifest(key)),
  },
  {
    name: "the manifest is written on a condition",
    keeps: ["stale", "torn", "resurrected"],
    without: unconditional(isManifest),
  },
  {
    name: "deletions are conditional",
    keeps: ["lost", "torn", "torn, as a reader saw it"],
    without: { destination: deletesAnything },
  },
  {
    name: "the manifest is written last",
    keeps: ["torn, as a reader saw it"],
    without: { destination: manifestFirst },
  },
  {
    name: "the manifest is deleted first",
    keeps: ["torn, as a reader saw it"],
    without: { destination: manifestDeletedLast },
  },
  {
    name: "the source is looked at again after publishing",
    keeps: ["newest overwritten or removed", "stale", "resurrected"],
    without: { source: neverOvertaken },
  },
  {
    name: "a redelivered message looks carefully",
    keeps: ["stale", "torn", "resurrected", "leftover"],
    without: { job: ({ key }) => ({ key, careful: false }) },
  },
  {
    name: "renditions that no manifest lists are found",
    keeps: ["resurrected", "leftover"],
    without: { destination: listedOnly },
  },
  {
    name: "another's rendition is adopted only when it is the same",
    keeps: ["stale", "torn"],
    without: { destination: anythingAdopted },
  },
  {
    name: "what stands unchanged is not written again",
    keeps: ["duplicate writes"],
    without: { source: (store) => ({ ...store, get: (key) => store.get(key) }) },
  },
  {
    name: "a copy is sent before a message is acknowledged",
    keeps: ["lost", "stale", "resurrected"],
    without: {
      queue: (queue) => ({
        ...queue,
        sendToDeadLetters: (...letter) => queue.sendToDeadLetters(...letter).catch(() => undefined),
      }),
    },
  },
  {
    name: "what failed is reported",
    keeps: ["lost", "stale", "resurrected"],
    without: { failed: () => new Set() },
  },
  {
    name: "the last receive ends with a reason",
    keeps: ["unexplained dead letters"],
    without: { maxReceiveCount: () => Number.POSITIVE_INFINITY },
  },
  {
    name: "receives are kept in reserve to explain a dead worker",
    keeps: ["unexplained dead letters"],
    without: { redriveReceiveCount: (count) => count - 3 },
  },
  {
    name: "what may still succeed is tried until its last receive",
    keeps: ["wrongly rejected"],
    without: { maxReceiveCount: () => 1 },
  },
  {
    name: "the invocation has a deadline before Lambda's",
    keeps: ["unexplained dead letters", "stale", "resurrected"],
    without: { hasDeadline: false },
  },
  {
    name: "nothing passes the fence after the deadline",
    keeps: ["stale", "torn", "resurrected"],
    without: { fence: "open" },
  },
  {
    name: "the fence goes by the clock",
    keeps: ["stale", "torn", "resurrected"],
    without: { fence: "signal" },
  },
  {
    name: "a download must be as long as announced",
    keeps: ["wrongly rejected"],
    without: { source: lengthUnchecked },
  },
  {
    name: "a manifest must be as long as announced",
    keeps: ["duplicate writes"],
    without: { destination: lengthUnchecked },
  },
  {
    name: "immutable renditions are found that no manifest lists",
    keeps: ["resurrected", "leftover"],
    without: {
      file: "worker/reconcile/look.ts",
      from: "if (world.recipe.immutable) {",
      to: "if (false) {",
    },
  },
  {
    name: "another source gets other immutable keys",
    keeps: ["immutable keys with two contents"],
    without: {
      file: "worker/reconcile/keys.ts",
      from: REVISION,
      to: revisionWithout("content"),
    },
  },
  {
    name: "another recipe gets other immutable keys",
    keeps: ["immutable keys with two contents"],
    without: {
      file: "worker/reconcile/keys.ts",
      from: REVISION,
      to: revisionWithout("recipeHash"),
    },
  },
  {
    name: "no immutable keys come back",
    keeps: ["torn", "torn, as a reader saw it"],
    without: {
      file: "worker/reconcile/keys.ts",
      from: REVISION,
      to: revisionWithout("generation"),
    },
  },
  {
    name: "an image whose renderer crashed is tried again in a new one",
    keeps: ["wrongly rejected"],
    without: {
      file: "worker/reconcile/make.ts",
      from: "return memory.run(neededBytes, attempt);\n    if",
      to: "throw error;\n    if",
    },
  },
  {
    name: "an image whose renderer was killed for memory is tried again alone",
    keeps: ["wrongly rejected"],
    without: {
      file: "worker/reconcile/make.ts",
      from: "return memory.runAlone(attempt)",
      to: "throw error",
    },
  },
  {
    name: "a second look is careful",
    keeps: ["stale", "torn", "resurrected", "leftover"],
    without: { file: "worker/reconcile/reconcile.ts", from: "careful || looks > 1", to: "careful" },
  },
  {
    name: "what is to be removed is seen before the source is seen missing",
    keeps: ["newest overwritten or removed"],
    without: {
      file: "worker/reconcile/look.ts",
      from: 'return careful ? { state: "gone", standing } : look(key, true, world)',
      to: 'return { state: "gone", standing: await readStanding(key, true, world) }',
    },
  },
  {
    name: "one image that may still succeed keeps its message",
    keeps: ["stale", "lost", "wrongly rejected"],
    without: {
      file: "worker/batch/settle.ts",
      from: "return isStarted ? 3 : 2",
      to: "return isStarted ? 0.5 : 0.4",
    },
  },
  {
    name: "an outcome is told before its message is acknowledged",
    keeps: ["untold outcomes", "wrong in the catalog"],
    without: { tell: (tell) => (news) => tell(news).catch(() => "told" as const) },
    listened: true,
  },
  {
    name: "what stands unchanged is told, too",
    keeps: ["untold outcomes", "wrong in the catalog"],
    without: {
      file: "worker/reconcile/reconcile.ts",
      from: "let isTold = false",
      to: "let isTold = true",
    },
    listened: true,
  },
  {
    name: "the source is looked at again after its outcome is told",
    keeps: ["untold outcomes", "wrong in the catalog"],
    without: {
      file: "worker/reconcile/reconcile.ts",
      from: "(await isNewsTold(news, world)) && !(await isOvertaken(origin, world))",
      to: "!(await isOvertaken(origin, world)) && (await isNewsTold(news, world))",
    },
    listened: true,
  },
  {
    name: "whom the catalog refuses looks again",
    keeps: ["untold outcomes", "wrong in the catalog"],
    without: { file: "worker/reconcile/reconcile.ts", from: '!== "outdated"', to: '!== "never"' },
    listened: true,
  },
];
