// Those who hear of outcomes, in memory: a catalog that takes nothing older than what it has, and a topic. Both fail when told to.
import { Failure, type FailureCode } from "../../worker/failure.ts";
import type { LogLine } from "../../worker/log.ts";
import type { CatalogItem } from "../../worker/outcomes/catalog-item.ts";
import type { EventMessage } from "../../worker/outcomes/event-message.ts";
import { createTell, type Listeners } from "../../worker/outcomes/tell.ts";

export class MemoryListeners implements Listeners {
  readonly items = new Map<string, CatalogItem>();
  readonly messages: EventMessage[] = [];
  readonly lines: LogLine[] = [];
  fails: { catalog?: FailureCode | undefined; topic?: FailureCode | undefined } = {};
  /** Called with each item before it is judged. */
  before: (item: CatalogItem) => unknown = () => undefined;

  readonly catalog = {
    put: async (item: CatalogItem) => {
      if (this.fails.catalog) throw new Failure(this.fails.catalog, "The catalog is away.");
      await this.before(item);
      const known = this.items.get(item.key);
      if (known && known.seenAt > item.seenAt) return "outdated" as const;
      this.items.set(item.key, item);
      return "written" as const;
    },
  };

  readonly topic = {
    publish: async (message: EventMessage) => {
      if (this.fails.topic) throw new Failure(this.fails.topic, "The topic is away.");
      this.messages.push(message);
    },
  };

  readonly tell = createTell(this, {
    sourceBucket: "uploads",
    destinationBucket: "renditions",
    workerVersion: "1.2.3",
    nowMs: () => Date.UTC(2026, 0, 1),
    log: (line) => this.lines.push(line),
  });

  item(key: string): CatalogItem {
    const item = this.items.get(key);
    if (!item) throw new Error(`Expected an item for ${key}, but received none.`);
    return item;
  }

  /** What was published, in order. */
  get told(): Record<string, unknown>[] {
    return this.messages.map(({ body }) => JSON.parse(body));
  }

  get outcomes(): unknown[] {
    return this.told.map(({ outcome }) => outcome);
  }
}
