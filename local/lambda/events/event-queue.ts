// Invocations that nobody waits for: each event is a row before its request is answered, and stays one until it is done,
// has failed too often or is too old; so a kill costs at most a second invocation.
//
//   queued ──due──► under way ──answer──► gone
//      ▲               │
//      └──again later──┴──failed too often, too old──► a dead letter, where the function has a queue for them; gone
import type { Database } from "../../storage/database.ts";
import type { Functions } from "../functions.ts";
import { bury, ownArn } from "./event-dead-letter.ts";
import { type EventFate, fateAfter } from "./event-fate.ts";
import {
  deleteEvent,
  dueEvents,
  findEvent,
  insertEvent,
  nextDueMs,
  openEventTable,
  postponeEvent,
  type QueuedEvent,
  waitedFor,
} from "./event-table.ts";

export interface EventQueue {
  /** Resolves when it is there to stay. */
  put(event: Pick<QueuedEvent, "id" | "arn" | "payload" | "trace">): Promise<void>;
  /** From now on events lead to invocations, those of an earlier process too. */
  resume(): void;
  /** Starts no more; resolves when those under way are over. */
  stop(): Promise<void>;
}

interface EventQueueOptions {
  database: Database;
  functions: Functions;
  queueUrlOf(arn: string): string;
  /** AWS's time goes so many times as fast. */
  timeScale: number;
  report(functionArn: string, problem: string): void;
}

/** Of one arn: more would only wait in line for an environment. */
const MOST_UNDER_WAY = 100;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { database, functions, timeScale, report } = options;
  /** By arn, so that no function waits for another's. */
  const underWay = new Map<string, Map<string, Promise<void>>>();
  const closing = new AbortController();
  let isResumed = false;
  let timer: NodeJS.Timeout | undefined;
  openEventTable(database);
  for (const arn of waitedFor(database)) underWay.set(arn, new Map());

  function look(): void {
    if (!isResumed || closing.signal.aborted) return;
    const nowMs = Date.now();
    for (const [arn, running] of underWay) {
      for (const id of dueEvents(database, arn, nowMs, MOST_UNDER_WAY))
        if (!running.has(id) && running.size < MOST_UNDER_WAY) start(id, running);
    }
    const nextMs = nextDueMs(database, nowMs);
    clearTimeout(timer);
    if (nextMs !== undefined) timer = setTimeout(look, Math.min(nextMs - nowMs, LONGEST_TIMER_MS)).unref();
  }

  /** What cannot be written down stays under way, which is until the next start: it is not tried again and again. */
  function start(id: string, running: Map<string, Promise<void>>): void {
    const event = findEvent(database, id);
    if (!event) return;
    const over = () => void running.delete(id);
    const run = invoke(event).then(over, (error: Error) => report(event.arn, error.message));
    running.set(id, run);
    void run.then(look);
  }

  async function invoke(event: QueuedEvent): Promise<void> {
    const { id, arn, payload, trace } = event;
    const invocation = { event: payload, requestId: id, invokedArn: arn, ...(trace && { traces: [trace] }) };
    let fate: EventFate | undefined;
    try {
      await functions.invoked(arn).pool.invoke(invocation, closing.signal);
    } catch (error) {
      if (closing.signal.aborted) return; // It is there again with the next start.
      fate = fateOf(error as Error, event);
    }
    if (fate?.kind === "again") return await postpone(event, fate);
    if (fate) await bury(event, fate.why, options);
    await database.write(() => deleteEvent(database, id));
  }

  function fateOf(error: Error, event: QueuedEvent): EventFate {
    const configuration = functions.lookup(ownArn(event))?.pool.configuration();
    if (!configuration) return { kind: "dead", why: { code: 404, message: error.message } };
    const { eventSettings: settings = {}, reservedConcurrency } = configuration;
    const ageSeconds = (timeScale * (Date.now() - event.queuedMs)) / 1000;
    return fateAfter(error, event, { settings, ageSeconds, isShut: reservedConcurrency === 0 });
  }

  async function postpone(event: QueuedEvent, fate: EventFate & { kind: "again" }): Promise<void> {
    const { afterSeconds, failures, throttles } = fate;
    const dueMs = Date.now() + Math.ceil((1000 * afterSeconds) / timeScale);
    await database.write(() => postponeEvent(database, { ...event, dueMs, failures, throttles }));
  }

  return {
    async put(event) {
      const nowMs = Date.now();
      const queued = { ...event, queuedMs: nowMs, dueMs: nowMs, failures: 0, throttles: 0 };
      await database.write(() => insertEvent(database, queued));
      if (!underWay.has(event.arn)) underWay.set(event.arn, new Map());
      look();
    },
    resume() {
      isResumed = true;
      look();
    },
    async stop() {
      closing.abort(new Error("Lambda was closed"));
      clearTimeout(timer);
      await Promise.all([...underWay.values()].flatMap((running) => [...running.values()]));
    },
  };
}
