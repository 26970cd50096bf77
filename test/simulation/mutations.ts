// The guards of the worker, each taken away from outside. With any of them gone the checker must find something, or it
// proves nothing.
import type { MessageQueue } from "../../worker/queue.ts";
import type { Job } from "../../worker/reconcile.ts";
import type { ObjectStore } from "../../worker/store.ts";

export interface Mutation {
  source(store: ObjectStore): ObjectStore;
  destination(store: ObjectStore): ObjectStore;
  queue(queue: MessageQueue): MessageQueue;
  job(job: Job): Job;
  batch(part: { maxReceiveCount: number }): { maxReceiveCount: number };
  isFenced: boolean;
}

const same = <Value>(value: Value): Value => value;
export const NONE: Mutation = {
  source: same,
  destination: same,
  queue: same,
  job: same,
  batch: same,
  isFenced: true,
};
