// The guards of the worker, each taken away: from outside where it can be, by wrapping what the worker is given; else in
// a copy of its source. With any of them gone the judge must find what the guard is there to prevent, or it proves
// nothing. A copy whose text is no longer found is an error, so that no guard slips out of the list.
import { createHash } from "node:crypto";
import type { ObjectStore, PutOptions } from "../../worker/reconcile/store.ts";
import { ANYTHING } from "./bucket.ts";
import type { Mutation } from "./mutations.ts";

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
}

const isManifest = (key: string) => key.endsWith("/manifest.json");
const folderOf = (key: string) => key.slice(0, key.lastIndexOf("/") + 1);

const unconditional = (matches: (key: string) => boolean): Partial<Mutation> => ({
  destination: (store) => ({
    ...store,
    put: (key, body, options) =>
      store.put(key, body, matches(key) ? { ...options, condition: { ifMatch: ANYTHING } } : options),
  }),
});

/** The manifest is written before the renditions it lists. */
function manifestFirst(store: ObjectStore): ObjectStore {
  const held = new Map<string, { body: Uint8Array; options: PutOptions }>();
  return {
    ...store,
    async put(key, body, options) {
      if (!isManifest(key)) {
        held.set(key, { body, options });
        return { etag: createHash("md5").update(body).digest("hex") };
      }
      const written = await store.put(key, body, options);
      for (const [name, late] of held) {
        if (folderOf(name) === folderOf(key)) await store.put(name, late.body, late.options);
      }
      return written;
    },
  };
}

/** The renditions are deleted before the manifest that lists them. */
function manifestDeletedLast(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async delete(key, options) {
      if (isManifest(key)) {
        for (const [name, ifMatch] of await store.list(folderOf(key))) {
          if (name !== key) await store.delete(name, { ifMatch });
        }
      }
      return store.delete(key, options);
    },
  };
}

/** The source always seems to be what it was when it was read. */
function neverOvertaken(store: ObjectStore): ObjectStore {
  const read = new Map<string, Awaited<ReturnType<ObjectStore["head"]>>>();
  return {
    ...store,
    async get(key, options) {
      const found = await store.get(key, options);
      if (found !== "unchanged") read.set(key, found);
      return found;
    },
    head: async (key) => read.get(key) ?? store.head(key),
  };
}

/** Whatever arrives is taken for the whole. */
function lengthUnchecked(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async get(key, options) {
      const found = await store.get(key, options);
      if (typeof found === "string") return found;
      const object = { ...found };
      object.read = async () => {
        const bytes = await found.read();
        object.bytes = bytes.length;
        return bytes;
      };
      return object;
    },
  };
}

/** A folder seems to hold what its manifest lists. */
function listedOnly(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async list(folder) {
      const manifest = await store.get(`${folder}manifest.json`);
      if (typeof manifest === "string") return new Map();
      const { renditions } = JSON.parse(Buffer.from(await manifest.read()).toString());
      const listed = new Set(renditions.map(({ key }: { key: string }) => key));
      return new Map([...(await store.list(folder))].filter(([key]) => listed.has(key)));
    },
  };
}

/** What stands there always seems to be of the same source and the same bytes. */
function anythingAdopted(store: ObjectStore): ObjectStore {
  const written = new Map<string, Record<string, string>>();
  return {
    ...store,
    put(key, body, options) {
      written.set(key, options.metadata ?? {});
      return store.put(key, body, options);
    },
    async head(key) {
      const found = await store.head(key);
      return found === "absent" ? found : { ...found, metadata: written.get(key) ?? found.metadata };
    },
  };
}

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
    without: {
      destination: (store) => ({ ...store, delete: (key) => store.delete(key, { ifMatch: ANYTHING }) }),
    },
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
    keeps: ["stale", "torn", "resurrected"],
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
];
