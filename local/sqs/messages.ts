// Messages of standard queues. One row each:
//
//   send ──► ready ──receive──► hidden (in flight) ──delete──► gone
//              ▲                   │
//              └───time is up──────┘   received too often: on the next receive it moves to the dead-letter queue instead
//
// Everything here runs inside a write of the caller's. Faithful to AWS in what can hurt: messages are hidden for the
// visibility timeout, receives are counted, the enqueue time survives the move to the dead-letter queue, so retention
// keeps counting. Kinder than AWS in one thing: order is that of arrival.
import { createHash, randomUUID } from "node:crypto";
import type { Database } from "../storage/database.ts";
import { InFlight } from "./in-flight.ts";
import { attributesMd5, type MessageAttributes } from "./message-attributes.ts";
import { createMessageTable, type MessageRow } from "./message-table.ts";
import type { Queue, Queues } from "./queues.ts";
import { readHandle } from "./receipt-handle.ts";

export interface NewMessage {
  body: string;
  attributes?: MessageAttributes | undefined;
  delayMs?: number | undefined;
  sender: string;
  trace?: string | undefined;
  group?: string | undefined;
}

export interface Inserted {
  messageId: string;
  bodyMd5: string;
  attributesMd5: string | undefined;
}

export interface TakeOptions {
  maximum: number;
  visibilityMs: number;
  /** The arn of who receives. */
  receiver: string;
}

export interface Counts {
  visible: number;
  inFlight: number;
  delayed: number;
}

export class Messages {
  readonly #database: Database;
  readonly #queues: Queues;
  readonly #now: () => number;
  readonly inFlight: InFlight;

  constructor(database: Database, queues: Queues, now: () => number) {
    this.#database = database;
    this.#queues = queues;
    this.#now = now;
    this.inFlight = new InFlight(database, now);
    createMessageTable(database);
  }

  insert(queue: Queue, message: NewMessage): Inserted {
    const { body, attributes, delayMs = queue.settings.delayMs, sender, trace, group } = message;
    const messageId = randomUUID();
    const bodyMd5 = createHash("md5").update(body).digest("hex");
    const named = attributes && Object.keys(attributes).length > 0 ? attributes : undefined;
    const sent = this.#now();
    this.#database
      .sql(
        `INSERT INTO message (queue, message_id, body, body_md5, attributes, sent, sender, visible_at, hidden, trace,
           message_group)
         VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
      )
      .run(
        queue.id,
        messageId,
        body,
        bodyMd5,
        named ? JSON.stringify(named) : null,
        sent,
        sender,
        sent + delayMs,
        delayMs > 0 ? 1 : 0,
        trace ?? null,
        group ?? null,
      );
    return { messageId, bodyMd5, attributesMd5: named && attributesMd5(named) };
  }

  /** What is due, now in flight; and the queue that dead letters went to meanwhile. */
  take(queue: Queue, options: TakeOptions): { taken: MessageRow[]; deadLettered: Queue | undefined } {
    this.#reveal(queue);
    const { redrive } = queue.settings;
    const deadLetterQueue = redrive && this.#queues.find(redrive.deadLetterTargetArn);
    const taken: MessageRow[] = [];
    let deadLettered: Queue | undefined;
    while (taken.length < options.maximum) {
      const rows = this.#due(queue, options.maximum - taken.length);
      if (rows.length === 0) break;
      for (const row of rows) {
        const spent = deadLetterQueue && row.receives >= redrive.maxReceiveCount;
        if (!spent) {
          taken.push(this.#receive(row, options));
          continue;
        }
        this.#deadLetter(row, queue, deadLetterQueue);
        deadLettered = deadLetterQueue;
      }
    }
    return { taken, deadLettered };
  }

  /** With an outdated handle it succeeds and deletes nothing, as standard queues do. */
  remove(queue: Queue, receiptHandle: string): void {
    const { id, receipt } = readHandle(receiptHandle);
    this.#database
      .sql("DELETE FROM message WHERE id = ? AND queue = ? AND receipt = ?")
      .run(id, queue.id, receipt);
  }

  /** False when there is no such message. An outdated handle works, as recorded of AWS. */
  changeVisibility(queue: Queue, receiptHandle: string, milliseconds: number): boolean {
    const { id } = readHandle(receiptHandle);
    const { changes } = this.#database
      .sql("UPDATE message SET visible_at = ?, hidden = ? WHERE id = ? AND queue = ?")
      .run(this.#now() + milliseconds, milliseconds > 0 ? 1 : 0, id, queue.id);
    if (milliseconds > 0) this.inFlight.add(queue.id);
    return changes > 0;
  }

  counts(queue: Queue): Counts {
    const oldest = this.#now() - queue.settings.retentionMs;
    const waiting = this.#database
      .sql("SELECT count(*) AS count FROM message WHERE queue = ? AND hidden = 0 AND sent >= ?")
      .get(queue.id, oldest);
    const away = this.#database
      .sql(
        `SELECT count(*) FILTER (WHERE visible_at <= ?1) AS due,
           count(*) FILTER (WHERE visible_at > ?1 AND receives > 0) AS inFlight,
           count(*) FILTER (WHERE visible_at > ?1 AND receives = 0) AS delayed
         FROM message WHERE queue = ?2 AND hidden = 1 AND sent >= ?3`,
      )
      .get(this.#now(), queue.id, oldest);
    const { due, inFlight, delayed } = away as unknown as Counts & { due: number };
    return { visible: Number(waiting?.count) + due, inFlight, delayed };
  }

  /** When the oldest of those that are there was sent. */
  oldestSentMs(queue: Queue): number | undefined {
    const row = this.#database
      .sql("SELECT min(sent) AS sent FROM message WHERE queue = ? AND sent >= ?")
      .get(queue.id, this.#now() - queue.settings.retentionMs);
    return (row?.sent as number | null) ?? undefined;
  }

  /** When the next hidden message becomes visible. */
  nextVisibleAt(queue: Queue): number | undefined {
    const row = this.#database
      .sql("SELECT min(visible_at) AS at FROM message WHERE queue = ? AND hidden = 1")
      .get(queue.id);
    return typeof row?.at === "number" ? row.at : undefined;
  }

  /** Of the message that came last, whatever its queue. */
  newestId(): number {
    return Number(this.#database.sql("SELECT max(id) AS id FROM message").get()?.id ?? 0);
  }

  /** Moves up to so many visible messages; each becomes a new one, with a new message id, enqueue time and count. */
  move(
    source: Queue,
    destinationOf: (row: MessageRow) => Queue,
    { maximum, newestId }: { maximum: number; newestId: number },
  ): { moved: number; touched: Set<Queue> } {
    this.#reveal(source);
    const rows = this.#due(source, maximum, newestId);
    const touched = new Set<Queue>();
    for (const row of rows) {
      const destination = destinationOf(row);
      this.#database
        .sql(
          `UPDATE message SET queue = ?, message_id = ?, sent = ?, visible_at = ?, receives = 0, first_received = NULL,
             receipt = NULL, receiver = NULL, dead_letter_source = NULL WHERE id = ?`,
        )
        .run(destination.id, randomUUID(), this.#now(), this.#now(), row.id);
      touched.add(destination);
    }
    return { moved: rows.length, touched };
  }

  purge(queue: Queue): void {
    this.#database.sql("DELETE FROM message WHERE queue = ?").run(queue.id);
  }

  /** Deletes what the queue has kept for its whole retention period, counted from the first enqueue. */
  expire(queue: Queue): void {
    const oldest = this.#now() - queue.settings.retentionMs;
    this.#database.sql("DELETE FROM message WHERE queue = ? AND sent < ?").run(queue.id, oldest);
  }

  /** At start: what role sessions (Lambda's pollers) had in flight died with them; it is due again, and not counted. */
  recover(): number {
    const { changes } = this.#database
      .sql(
        `UPDATE message SET hidden = 0, visible_at = ?, receives = receives - 1, receipt = NULL
         WHERE hidden = 1 AND receipt IS NOT NULL AND receiver LIKE 'arn:aws:sts::%:assumed-role/%'`,
      )
      .run(this.#now());
    return Number(changes);
  }

  #reveal(queue: Queue): void {
    this.#database
      .sql("UPDATE message SET hidden = 0 WHERE queue = ? AND hidden = 1 AND visible_at <= ?")
      .run(queue.id, this.#now());
  }

  #due(queue: Queue, maximum: number, newestId = Number.MAX_SAFE_INTEGER): MessageRow[] {
    const oldest = this.#now() - queue.settings.retentionMs;
    return this.#database
      .sql(
        "SELECT * FROM message WHERE queue = ? AND hidden = 0 AND sent >= ? AND id <= ? ORDER BY id LIMIT ?",
      )
      .all(queue.id, oldest, newestId, maximum) as unknown as MessageRow[];
  }

  #receive(row: MessageRow, { visibilityMs, receiver }: TakeOptions): MessageRow {
    const received = {
      ...row,
      receipt: randomUUID(),
      receives: row.receives + 1,
      first_received: row.first_received ?? this.#now(),
    };
    // Visibility 0 makes it due at once, but never twice in one answer.
    const visibleAt = this.#now() + Math.max(1, visibilityMs);
    this.#database
      .sql(
        "UPDATE message SET receives = ?, first_received = ?, receipt = ?, receiver = ?, visible_at = ?, hidden = 1 WHERE id = ?",
      )
      .run(received.receives, received.first_received, received.receipt, receiver, visibleAt, row.id);
    this.inFlight.add(row.queue);
    return received;
  }

  #deadLetter(row: MessageRow, from: Queue, to: Queue): void {
    this.#database
      .sql(
        "UPDATE message SET queue = ?, visible_at = ?, receipt = NULL, dead_letter_source = ? WHERE id = ?",
      )
      .run(to.id, this.#now(), from.arn, row.id);
  }
}
