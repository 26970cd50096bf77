// How many messages of a queue are in flight: a count reads all of them, so it is only made when they might be too many.
import type { Database } from "../storage/database.ts";
import type { Queue } from "./queues.ts";

export class InFlight {
  readonly #database: Database;
  readonly #now: () => number;
  /** By queue. Receives are added as they happen; what ends is only noticed when it is counted again. */
  readonly #most = new Map<number, number>();

  constructor(database: Database, now: () => number) {
    this.#database = database;
    this.#now = now;
  }

  add(queueId: number): void {
    this.#most.set(queueId, (this.#most.get(queueId) ?? Infinity) + 1);
  }

  isAtLeast(count: number, queue: Queue): boolean {
    if ((this.#most.get(queue.id) ?? Infinity) < count) return false;
    const row = this.#database
      .sql(
        "SELECT count(*) AS count FROM message WHERE queue = ? AND hidden = 1 AND visible_at > ? AND receives > 0",
      )
      .get(queue.id, this.#now());
    this.#most.set(queue.id, Number(row?.count));
    return Number(row?.count) >= count;
  }
}
