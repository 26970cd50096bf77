// A line for a limited number of places, first come, first served. Whoever holds one without need can see that others wait.

export interface Places {
  /** Resolves to what gives the place back. Rejects when the signal is aborted before it is one's turn. */
  take(signal: AbortSignal): Promise<() => void>;
  /** Aborted from when somebody waits until nobody does any more; then it is another signal. */
  wanted(): AbortSignal;
}

export function createPlaces(count: number): Places {
  let free = count;
  let line: (() => void)[] = [];
  let wanted = new AbortController();

  function callNext(): void {
    const [next, ...others] = line;
    waitIn(others);
    if (next) next();
    else free += 1;
  }

  function waitIn(those: (() => void)[]): void {
    line = those;
    if (line.length > 0) wanted.abort();
    else if (wanted.signal.aborted) wanted = new AbortController();
  }

  return {
    wanted: () => wanted.signal,
    take: (signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (free > 0) {
          free -= 1;
          return resolve(callNext);
        }
        const enter = () => {
          signal.removeEventListener("abort", giveUp);
          resolve(callNext);
        };
        const giveUp = () => {
          waitIn(line.filter((waiting) => waiting !== enter));
          reject(signal.reason);
        };
        signal.addEventListener("abort", giveUp, { once: true });
        waitIn([...line, enter]);
      }),
  };
}
