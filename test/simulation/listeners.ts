// Those who hear of outcomes: a catalog that takes nothing older than what it has, and whoever listens to the topic. And the
// judge of what they heard, once every queue is empty.
import type { CatalogItem } from "../../worker/outcomes/catalog-item.ts";
import type { EventMessage } from "../../worker/outcomes/event-message.ts";
import type { Tell } from "../../worker/outcomes/news.ts";
import { createTell } from "../../worker/outcomes/tell.ts";
import { hopelessFor, isExcusedByDeadLetters, RETRYABLE } from "./checker.ts";
import type { Change } from "./owner.ts";
import type { Process } from "./process.ts";
import type { Simulated } from "./simulated.ts";

export class Listeners {
  readonly items = new Map<string, CatalogItem>();
  /** Outcome, key and etag of the source, of every message. */
  readonly heard = new Set<string>();

  put(item: CatalogItem): "written" | "outdated" {
    const known = this.items.get(item.key);
    if (known && known.seenAt > item.seenAt) return "outdated";
    this.items.set(item.key, item);
    return "written";
  }

  hear({ body }: EventMessage): void {
    const { outcome, key, sourceEtag } = JSON.parse(body) as Record<string, string>;
    this.heard.add(nameOf(outcome, key, sourceEtag));
  }
}

function nameOf(outcome = "", key = "", etag = ""): string {
  return `${outcome} ${key} ${etag}`;
}

/** `isFenced`: as within an invocation's time; what is given up is told after it. */
export function remoteTell(
  { listeners, mutation, scheduler, note }: Simulated,
  process: Process,
  workerVersion: string,
  isFenced: boolean,
): Tell | undefined {
  if (listeners === undefined) return undefined;
  const remote = {
    catalog: {
      put: (item: CatalogItem) =>
        process.request(() => {
          const answer = listeners.put(item);
          note(
            item.key,
            `${process.name} tells the catalog: ${item.status}, seen ${item.seenAt} → ${answer}`,
          );
          return answer;
        }, isFenced),
    },
    topic: { publish: (message: EventMessage) => process.request(() => listeners.hear(message), isFenced) },
  };
  const buckets = { sourceBucket: "uploads", destinationBucket: "renditions" };
  return mutation.tell(
    createTell(remote, { ...buckets, workerVersion, nowMs: scheduler.nowMs, log: () => {} }),
  );
}

export interface NewsVerdict {
  /** Nobody heard what became of the newest content. */
  untold: string[];
  /** The catalog says something else of the source than what has become of it. */
  miscatalogued: string[];
}

/** As with sets, dead letters excuse: what was given up is told if it can be. */
export function judgeNews(simulated: Simulated): NewsVerdict {
  const verdict: NewsVerdict = { untold: [], miscatalogued: [] };
  const { listeners, owner } = simulated;
  if (listeners === undefined) return verdict;
  for (const [key, history] of owner.histories) {
    const wanted = wantedFor(key, history, simulated);
    if (wanted === undefined) continue;
    if (!listeners.heard.has(nameOf(wanted.outcome, key, wanted.etag))) verdict.untold.push(key);
    const item = listeners.items.get(key);
    if (item?.status === wanted.outcome && item.sourceEtag === wanted.etag) continue;
    if (item?.status === "rejected" && isGivenUp(key, item.reason, simulated)) continue;
    verdict.miscatalogued.push(key);
  }
  return verdict;
}

/** Nothing where a dead letter excuses whatever it is. */
function wantedFor(key: string, history: readonly Change[], { ledger, source }: Simulated) {
  const announcements = ledger.byKey.get(key) ?? [];
  const etag = source.contents.get(key)?.etag;
  const hopeless = hopelessFor(history.at(-1));
  if (hopeless !== undefined) {
    const isRejected = announcements.some(
      ({ fate, reason, about }) =>
        fate === "rejected" &&
        reason?.ReasonCode === hopeless &&
        about.some((one) => one.key === key && one.change === history.length - 1),
    );
    return isRejected ? { outcome: "rejected", etag } : undefined;
  }
  if (isExcusedByDeadLetters(key, announcements, history)) return undefined;
  return { outcome: etag === undefined ? "removed" : "rendered", etag };
}

/** Whether a dead letter says of a good image that it was given up; it may name another image of its message, and why that was. */
function isGivenUp(key: string, reason: unknown, { ledger }: Simulated): boolean {
  return (
    RETRYABLE.has(String(reason)) &&
    ledger.allDeadLetters.some(({ announcement }) => announcement.about.some((one) => one.key === key))
  );
}
