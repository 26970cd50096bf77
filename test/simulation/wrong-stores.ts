// Stores that leave out what a guard of the worker rests on: a condition, an order, a second look, a length.
import { createHash } from "node:crypto";
import type { ObjectStore, PutOptions } from "../../worker/reconcile/store.ts";
import { ANYTHING } from "./bucket.ts";
import { sourceKeyOf } from "./images.ts";
import type { Mutation } from "./mutations.ts";

export const isManifest = (key: string) => key.endsWith("/manifest.json");
const folderOf = (key: string) => `${sourceKeyOf(key)}/`;

/** Whatever stands at such a key is overwritten. */
export const unconditional = (matches: (key: string) => boolean): Partial<Mutation> => ({
  destination: (store) => ({
    ...store,
    put: (key, body, options) =>
      store.put(key, body, matches(key) ? { ...options, condition: { ifMatch: ANYTHING } } : options),
  }),
});

export function deletesAnything(store: ObjectStore): ObjectStore {
  return { ...store, delete: (key) => store.delete(key, { ifMatch: ANYTHING }) };
}

/** The manifest is written before the renditions it lists. */
export function manifestFirst(store: ObjectStore): ObjectStore {
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
export function manifestDeletedLast(store: ObjectStore): ObjectStore {
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
export function neverOvertaken(store: ObjectStore): ObjectStore {
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
export function lengthUnchecked(store: ObjectStore): ObjectStore {
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
export function listedOnly(store: ObjectStore): ObjectStore {
  return {
    ...store,
    async list(folder) {
      const manifest = await store.get(`${folderOf(folder)}manifest.json`);
      if (typeof manifest === "string") return new Map();
      const { renditions } = JSON.parse(Buffer.from(await manifest.read()).toString());
      const listed: string[] = renditions.map(({ key }: { key: string }) => key);
      const isListed = (name: string) => listed.some((key) => key.startsWith(name));
      return new Map([...(await store.list(folder))].filter(([name]) => isListed(name)));
    },
  };
}

/** What stands there always seems to be of the same source and the same bytes. */
export function anythingAdopted(store: ObjectStore): ObjectStore {
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
