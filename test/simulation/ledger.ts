// What became of every announcement, kept by the queues and never by the worker.
//
//   waiting ──deleted, and the same receive had sent a copy to the dead letters──► rejected ──redriven──► waiting
//    │ └─────deleted────────────────────────────────────────────────────────────► done
//    └───────received too often: SQS itself moves it to the dead letters─────────► moved ────redriven──► waiting
//
// Several messages may carry one announcement (a redrive that was killed half-way); the worst of their ends counts last.

/** News of one or more keys, in one message. Its body is unlike any other's. */
export interface Announcement {
  body: string;
  /** The keys, and which change of each was the newest when it was sent. */
  about: { key: string; change: number }[];
  /** Sent by an operator once a new recipe was in force everywhere. */
  isBackfill: boolean;
  sentMs: number;
  receivedMs: number;
  messages: number;
  fate: "waiting" | "done" | "rejected" | "moved";
  /** Of its newest dead letter. */
  reason: Record<string, string> | undefined;
}

export interface DeadLetter {
  announcement: Announcement;
  /** None: moved by SQS itself. */
  reason: Record<string, string> | undefined;
  receivedMs: number;
  sentMs: number;
}

export class Ledger {
  readonly announcements = new Map<string, Announcement>();
  readonly byKey = new Map<string, Announcement[]>();
  /** What lies in the dead-letter queue. */
  deadLetters: DeadLetter[] = [];
  /** Every one there ever was. */
  readonly allDeadLetters: DeadLetter[] = [];
  readonly #copiedReceipts = new Set<string>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  announce(body: string, about: Announcement["about"], isBackfill: boolean): Announcement {
    const sentMs = this.#nowMs();
    const announcement: Announcement = {
      body,
      about,
      isBackfill,
      sentMs,
      receivedMs: sentMs,
      messages: 0,
      fate: "waiting",
      reason: undefined,
    };
    this.announcements.set(body, announcement);
    for (const { key } of about) {
      const known = this.byKey.get(key);
      if (known) known.push(announcement);
      else this.byKey.set(key, [announcement]);
    }
    return announcement;
  }

  sent(announcement: Announcement): void {
    announcement.messages += 1;
    announcement.fate = "waiting";
  }

  copied(body: string, receipt: string, receivedMs: number, reason: Record<string, string>): void {
    const announcement = this.announcements.get(body);
    if (!announcement) throw new Error(`Expected the body of a message, but received ${body}.`);
    this.#copiedReceipts.add(receipt);
    announcement.reason = reason;
    this.#bury({ announcement, reason, receivedMs, sentMs: this.#nowMs() });
  }

  deleted(announcement: Announcement, receipt: string): void {
    announcement.fate = this.#copiedReceipts.has(receipt) ? "rejected" : "done";
  }

  moved(announcement: Announcement): void {
    announcement.fate = "moved";
    announcement.reason = undefined;
    this.#bury({
      announcement,
      reason: undefined,
      receivedMs: announcement.receivedMs,
      sentMs: this.#nowMs(),
    });
  }

  #bury(letter: DeadLetter): void {
    this.deadLetters.push(letter);
    this.allDeadLetters.push(letter);
  }
}
