// Seeded randomness: the same seed gives the same history, so a failing seed replays.
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Random {
  /** 0 ≤ next() < 1 */
  next(): number;
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  between(minimum: number, maximum: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  // 32 bits at a time: millions are drawn, and the library's 53 bits take three times as long.
  const next = () => (generator.next() >>> 0) / 4_294_967_296;
  const between = (minimum: number, maximum: number) =>
    minimum + Math.floor(next() * (maximum - minimum + 1));
  return {
    next,
    chance: (probability) => next() < probability,
    between,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error("Expected something to pick from.");
      return item;
    },
  };
}
