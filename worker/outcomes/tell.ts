// Tells an outcome to the catalog, then to the topic. In this order, because only the catalog knows whether something newer
// was told: whoever it refuses has no news.
import { type Failure, toFailure } from "../failure.ts";
import type { Log } from "../log.ts";
import { type CatalogItem, catalogItem } from "./catalog-item.ts";
import { type EventContext, type EventMessage, eventMessage } from "./event-message.ts";
import type { News, Tell } from "./news.ts";
import { Untold } from "./untold.ts";

/** Those that the deployment has. */
export interface Listeners {
  catalog?: { put(item: CatalogItem): Promise<"written" | "outdated"> } | undefined;
  topic?: { publish(message: EventMessage): Promise<void> } | undefined;
}

export interface TellOptions extends EventContext {
  nowMs(): number;
  log: Log;
}

export function createTell({ catalog, topic }: Listeners, { nowMs, log, ...context }: TellOptions): Tell {
  async function tell(news: News) {
    const answer = await catalog?.put(catalogItem(news, context.workerVersion, nowMs()));
    if (answer === "outdated") return "outdated";
    await topic?.publish(eventMessage(news, context, nowMs()));
    return "told";
  }
  return async (news) => {
    try {
      return await tell(news);
    } catch (error) {
      const failure: Failure = toFailure(error);
      log({ event: "untold", key: news.key, code: failure.code, message: failure.message });
      throw new Untold(failure, news);
    }
  };
}
