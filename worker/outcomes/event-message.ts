// One message of the topic: a hint to look, with what most listeners want to know, and attributes to filter by. Renditions
// are counted, not listed: it never has more than a few of the 256 KB that SNS takes. The manifest lists them.
import { attributeText } from "../attribute-text.ts";
import { factsOf } from "./facts.ts";
import type { News } from "./news.ts";

export interface EventMessage {
  body: string;
  attributes: Record<string, string>;
}

export interface EventContext {
  sourceBucket: string;
  destinationBucket: string;
  workerVersion: string;
}

export function eventMessage(news: News, context: EventContext, nowMs: number): EventMessage {
  const { key, outcome } = news;
  const body = {
    version: 1,
    outcome,
    key,
    ...factsOf(news),
    ...(news.outcome === "rendered" && { renditions: news.manifest.renditions.length }),
    finishedAt: new Date(nowMs).toISOString(),
    ...context,
  };
  return {
    body: JSON.stringify(body),
    attributes: {
      outcome,
      key: attributeText(key),
      ...(news.outcome === "rejected" && { reason: news.failure.code }),
    },
  };
}
