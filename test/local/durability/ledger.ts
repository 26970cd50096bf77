// What may be there under a name, according to the answers that a client got. An acknowledged change leaves one
// possibility; one whose answer was lost with its server adds one.
export interface Ledger<State> {
  /** To be called before the request leaves. Until it is settled, both the old and the new state are possible. */
  begin(name: string, next: State): Change;
  /** What a name that was never written may be is `initial` alone. */
  possible(name: string): readonly State[];
  /** Somebody looked, and nothing can have been under way: it is this. */
  narrow(name: string, state: State): void;
  names(): string[];
  /** Those that were changed since the last time they were asked for. */
  touched(): string[];
}

interface Change {
  acknowledged(): void;
  /** The server has said that it did nothing. */
  refused(): void;
}

export function createLedger<State>(initial: State): Ledger<State> {
  const states = new Map<string, readonly State[]>();
  let touched = new Set<string>();
  const possible = (name: string) => states.get(name) ?? [initial];

  return {
    possible,
    begin(name, next) {
      const before = possible(name);
      states.set(name, [...new Set([...before, next])]);
      touched.add(name);
      return {
        acknowledged: () => void states.set(name, [next]),
        refused: () => void states.set(name, before),
      };
    },
    narrow: (name, state) => void states.set(name, [state]),
    names: () => [...states.keys()],
    touched() {
      const names = [...touched];
      touched = new Set();
      return names;
    },
  };
}
