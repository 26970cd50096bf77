// What the SDK asks before each try of a request: whether it may still be sent. A signal would do, but its timer is late in a
// process that stood still.

export type Fence = { abortSignal: AbortSignal | { readonly aborted: boolean; onabort: null } };

/** Callers get what `throwIfOver` throws, so it should be a Failure. */
export function fenceOf(throwIfOver: () => void): Fence {
  return {
    abortSignal: {
      get aborted() {
        throwIfOver();
        return false;
      },
      onabort: null,
    },
  };
}
