// The queues there are. They are few and asked for with every request, so they live in memory beside their rows. They
// change inside one write each, so that of two changes at once neither is lost. A deleted queue's name is free again after
// a minute, or a restart.
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import { type Attributes, type QueueSettings, settingsOf } from "./attributes.ts";

export interface Queue {
  id: number;
  name: string;
  arn: string;
  attributes: Attributes;
  settings: QueueSettings;
  tags: Record<string, string>;
  created: number;
  modified: number;
}

interface Changeable {
  attributes: Attributes;
  tags: Record<string, string>;
}

const DELETED_RECENTLY_MS = 60_000;

interface QueueRow {
  id: number;
  name: string;
  attributes: string;
  tags: string;
  created: number;
  modified: number;
}

export class Queues {
  readonly #database: Database;
  readonly #region: string;
  readonly #accountId: string;
  readonly #now: () => number;
  readonly #byName = new Map<string, Queue>();
  readonly #deleted = new Map<string, number>();

  constructor(database: Database, region: string, accountId: string, now: () => number) {
    this.#database = database;
    this.#region = region;
    this.#accountId = accountId;
    this.#now = now;
    database
      .sql(
        `CREATE TABLE IF NOT EXISTS queue (
           id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL,
           created INTEGER NOT NULL, modified INTEGER NOT NULL
         ) STRICT`,
      )
      .run();
    this.#load();
  }

  all(): Queue[] {
    return [...this.#byName.values()];
  }

  named(name: string): Queue | undefined {
    return this.#byName.get(name);
  }

  find(arn: string): Queue | undefined {
    const queue = this.#byName.get(arn.split(":").at(-1) ?? "");
    return queue?.arn === arn ? queue : undefined;
  }

  /** By its URL, or by its name alone, as AWS does. Throws QueueDoesNotExist, or InvalidAddress for what is neither. */
  at(url: string): Queue {
    const [, account = this.#accountId, name] = /^(?:.*\/(\d{12})\/)?([^/]+)$/.exec(url) ?? [];
    if (name === undefined)
      throw new ServiceError("InvalidAddress", `The address ${url} is not valid for this endpoint.`);
    const queue = account === this.#accountId ? this.#byName.get(name) : undefined;
    if (queue) return queue;
    throw doesNotExist();
  }

  /** As it is now. Throws QueueDoesNotExist when it was deleted since. */
  current({ id, name }: Queue): Queue {
    const queue = this.#byName.get(name);
    if (queue?.id === id) return queue;
    throw doesNotExist();
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.#region}:${this.#accountId}:${name}`;
  }

  urlOf({ name }: Queue, host: string): string {
    return `http://${host}/${this.#accountId}/${name}`;
  }

  /** The queue of that name. `decide` gets the one there is, and may throw; without one, it is made as `decide` says. */
  create(name: string, decide: (existing: Queue | undefined) => Changeable): Promise<Queue> {
    return this.#write(() => {
      const existing = this.#byName.get(name);
      const decided = decide(existing);
      if (!existing) this.#checkNotDeletedRecently(name);
      return existing ?? this.#insert(name, decided);
    });
  }

  change(queue: Queue, change: (current: Queue) => Partial<Changeable>): Promise<void> {
    return this.#write(() => {
      const before = this.current(queue);
      const row = { ...rowOf({ ...before, ...change(before) }), modified: this.#now() };
      this.#database
        .sql("UPDATE queue SET attributes = ?, tags = ?, modified = ? WHERE id = ?")
        .run(row.attributes, row.tags, row.modified, row.id);
      this.#remember(row);
    });
  }

  delete(queue: Queue): Promise<void> {
    return this.#write(() => {
      const { id, name } = this.current(queue);
      this.#database.sql("DELETE FROM queue WHERE id = ?").run(id);
      this.#byName.delete(name);
      this.#forgetDeleted();
      this.#deleted.set(name, this.#now());
    });
  }

  #checkNotDeletedRecently(name: string): void {
    this.#forgetDeleted();
    if (!this.#deleted.has(name)) return;
    const message =
      "You must wait 60 seconds after deleting a queue before you can create another with the same name.";
    throw new ServiceError("QueueDeletedRecently", message);
  }

  #forgetDeleted(): void {
    for (const [name, at] of this.#deleted)
      if (this.#now() - at >= DELETED_RECENTLY_MS) this.#deleted.delete(name);
  }

  /** Memory follows the rows inside the write; when that fails, it is read again. */
  async #write<Result>(work: () => Result): Promise<Result> {
    try {
      return await this.#database.write(work);
    } catch (error) {
      this.#load();
      throw error;
    }
  }

  #insert(name: string, { attributes, tags }: Changeable): Queue {
    const created = this.#now();
    const row = rowOf({ id: 0, name, attributes, tags, created, modified: created });
    const { lastInsertRowid } = this.#database
      .sql("INSERT INTO queue (name, attributes, tags, created, modified) VALUES (?,?,?,?,?)")
      .run(name, row.attributes, row.tags, created, created);
    return this.#remember({ ...row, id: Number(lastInsertRowid) });
  }

  #load(): void {
    this.#byName.clear();
    for (const row of this.#database.sql("SELECT * FROM queue").all())
      this.#remember(row as unknown as QueueRow);
  }

  #remember({ id, name, created, modified, ...texts }: QueueRow): Queue {
    const attributes = JSON.parse(texts.attributes) as Attributes;
    const tags = JSON.parse(texts.tags) as Record<string, string>;
    const settings = settingsOf(attributes);
    const queue = { id, name, arn: this.arnOf(name), attributes, settings, tags, created, modified };
    this.#byName.set(name, queue);
    return queue;
  }
}

function rowOf({ id, name, attributes, tags, created, modified }: Omit<Queue, "arn" | "settings">): QueueRow {
  return {
    id,
    name,
    attributes: JSON.stringify(attributes),
    tags: JSON.stringify(tags),
    created,
    modified,
  };
}

export function doesNotExist(): ServiceError {
  return new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
}
