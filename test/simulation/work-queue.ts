// SQS as the worker meets it: at least once, in no order, hidden while in flight, dead-lettered after too many receives.
import type { SQSRecord } from "aws-lambda";
import { aRecord } from "../support/records.ts";
import type { Announcement, Ledger } from "./ledger.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

export interface QueuedMessage {
  id: string;
  announcement: Announcement;
  attributes: Record<string, string>;
  receives: number;
  /** Of the newest receive: an older one is good for nothing. */
  receipt: string;
  visibleAtMs: number;
  isVisible: boolean;
}

/** One receive of a message: what a poller holds. */
export type Receive = Readonly<QueuedMessage>;

export class WorkQueue {
  readonly #messages = new Map<string, QueuedMessage>();
  readonly #visible: QueuedMessage[] = [];
  readonly #pollers: (() => void)[] = [];
  readonly #options: { scheduler: Scheduler; random: Random; ledger: Ledger; maxReceiveCount: number };
  #serial = 0;

  constructor(options: { scheduler: Scheduler; random: Random; ledger: Ledger; maxReceiveCount: number }) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  get depth(): number {
    return this.#visible.length;
  }

  send(announcement: Announcement, delayMs: number, attributes: Record<string, string> = {}): void {
    this.#serial += 1;
    const id = `message-${this.#serial}`;
    const message = {
      id,
      announcement,
      attributes,
      receives: 0,
      receipt: "",
      visibleAtMs: 0,
      isVisible: false,
    };
    this.#messages.set(id, message);
    this.#options.ledger.sent(announcement);
    this.#hide(message, delayMs);
  }

  /** Some of the visible ones, at random: a standard queue promises no order. Waits until there are any. */
  async receive(maximum: number, visibilityMs: number): Promise<Receive[]> {
    const { scheduler, random } = this.#options;
    for (;;) {
      const batch = this.#take(maximum, visibilityMs);
      if (batch.length > 0) return batch;
      await new Promise<void>((resolve) => this.#pollers.push(resolve));
      await scheduler.sleep(random.between(1, 400));
    }
  }

  /** Shows the message to somebody else although it is in flight. */
  showAgain({ id }: Receive): void {
    const message = this.#messages.get(id);
    if (message) this.#hide(message, this.#options.random.between(5, 3000));
  }

  /** With an outdated receipt, a standard queue says yes and does nothing. */
  delete({ id, receipt, announcement }: Receive): void {
    if (this.#messages.get(id)?.receipt !== receipt) return;
    this.#messages.delete(id);
    this.#options.ledger.deleted(announcement, receipt);
  }

  changeVisibility(receipt: string, milliseconds: number): void {
    const message = this.#messages.get(receipt.split("#")[0] ?? "");
    if (message?.receipt === receipt) this.#hide(message, milliseconds);
  }

  #take(maximum: number, visibilityMs: number): Receive[] {
    const { random, ledger, maxReceiveCount } = this.#options;
    const batch: Receive[] = [];
    while (batch.length < maximum && this.#visible.length > 0) {
      const message = this.#takeVisible(random.between(0, this.#visible.length - 1));
      if (!this.#messages.has(message.id)) continue; // deleted by an earlier receive while visible
      if (message.receives >= maxReceiveCount) {
        this.#messages.delete(message.id);
        ledger.moved(message.announcement);
        continue;
      }
      message.receives += 1;
      message.receipt = `${message.id}#${message.receives}`;
      this.#hide(message, visibilityMs);
      batch.push({ ...message });
    }
    return batch;
  }

  #takeVisible(index: number): QueuedMessage {
    const visible = this.#visible;
    const taken = visible[index];
    const last = visible.pop();
    if (!taken || !last) throw new Error("Expected a visible message.");
    if (taken !== last) visible[index] = last;
    taken.isVisible = false;
    return taken;
  }

  #hide(message: QueuedMessage, milliseconds: number): void {
    const { scheduler } = this.#options;
    const visibleAtMs = scheduler.nowMs() + milliseconds;
    message.visibleAtMs = visibleAtMs;
    if (message.isVisible) this.#takeVisible(this.#visible.indexOf(message));
    scheduler.at(visibleAtMs, () => {
      const isCurrent = message.visibleAtMs === visibleAtMs && this.#messages.has(message.id);
      if (!isCurrent || message.isVisible) return;
      message.isVisible = true;
      this.#visible.push(message);
      this.#pollers.shift()?.();
    });
  }
}

/** As Lambda hands it to the worker. */
export function recordOf({ id, announcement, attributes, receives, receipt }: Receive): SQSRecord {
  const record = aRecord({ id, body: announcement.body, receiveCount: receives, attributes });
  return { ...record, receiptHandle: receipt };
}
