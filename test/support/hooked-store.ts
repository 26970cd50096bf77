// One worker's view of a store: before each request a hook may wait (a frozen worker), throw (a dead one), or count.
import type { ObjectStore } from "../../worker/reconcile/store.ts";

export interface StoreRequest {
  operation: keyof ObjectStore;
  key: string;
}

export type Hook = (request: StoreRequest) => unknown;

export function hooked(store: ObjectStore, before: Hook): ObjectStore {
  return {
    get: async (key, options) => {
      await before({ operation: "get", key });
      return store.get(key, options);
    },
    head: async (key) => {
      await before({ operation: "head", key });
      return store.head(key);
    },
    list: async (key) => {
      await before({ operation: "list", key });
      return store.list(key);
    },
    put: async (key, body, options) => {
      await before({ operation: "put", key });
      return store.put(key, body, options);
    },
    delete: async (key, options) => {
      await before({ operation: "delete", key });
      return store.delete(key, options);
    },
  };
}

export interface Pause {
  hook: Hook;
  /** Resolves once a request waits at the pause. */
  reached: Promise<void>;
  release(): void;
}

/** Holds the first request that `matches` until it is released; all others pass. */
export function pauseAt(matches: (request: StoreRequest) => boolean): Pause {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let isArmed = true;
  const hook = (request: StoreRequest) => {
    if (!isArmed || !matches(request)) return undefined;
    isArmed = false;
    reached.resolve();
    return released.promise;
  };
  return { hook, reached: reached.promise, release: released.resolve };
}
