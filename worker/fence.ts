// A store that refuses to be used once the invocation's time is over.
//
// Lambda freezes an environment between invocations. What was abandoned at the deadline wakes up inside a later
// invocation, when another worker may long have finished its image: behind the fence it can no longer touch anything.
import type { ObjectStore } from "./store.ts";

/** Callers get what `throwIfOver` throws, so it should be a Failure. */
export function fence(store: ObjectStore, throwIfOver: () => void): ObjectStore {
  const inTime = async (): Promise<ObjectStore> => {
    throwIfOver();
    return store;
  };
  return {
    get: async (...request) => (await inTime()).get(...request),
    head: async (...request) => (await inTime()).head(...request),
    list: async (...request) => (await inTime()).list(...request),
    put: async (...request) => (await inTime()).put(...request),
    delete: async (...request) => (await inTime()).delete(...request),
  };
}
