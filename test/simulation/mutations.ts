// What a mutation may change of the world around the worker, from outside. See guards.ts for what is taken away.
import type { MessageQueue } from "../../worker/batch/queue.ts";
import type { Tell } from "../../worker/outcomes/news.ts";
import type { Job } from "../../worker/reconcile/reconcile.ts";
import type { ObjectStore } from "../../worker/reconcile/store.ts";

export interface Mutation {
  source(store: ObjectStore): ObjectStore;
  destination(store: ObjectStore): ObjectStore;
  queue(queue: MessageQueue): MessageQueue;
  job(job: Job): Job;
  tell(tell: Tell): Tell;
  /** What the worker believes. */
  maxReceiveCount(count: number): number;
  /** What the work queue does. */
  redriveReceiveCount(count: number): number;
  /** Whom the fence asks: the signal and the clock, the signal alone, or nobody. */
  fence: "clock" | "signal" | "open";
  /** Whether the invocation has a deadline of its own, before Lambda's. */
  hasDeadline: boolean;
  /** What of the worker's answer Lambda is told. */
  failed(identifiers: Set<string>): Set<string>;
}

const same = <Value>(value: Value): Value => value;

export const NONE: Mutation = {
  source: same,
  destination: same,
  queue: same,
  job: same,
  tell: same,
  maxReceiveCount: same,
  redriveReceiveCount: same,
  fence: "clock",
  hasDeadline: true,
  failed: same,
};
