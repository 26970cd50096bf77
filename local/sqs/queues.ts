// The queues there are. They are few and asked for with every request, so they live in memory beside their rows.
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

export interface Queues {
  /** By arn, url or name. */
  find(reference: string): Queue | undefined;
  /** Throws QueueDoesNotExist. */
  get(reference: string | undefined): Queue;
  all(): Queue[];
  create(name: string, attributes: Attributes, tags: Record<string, string>): Promise<Queue>;
  update(queue: Queue, change: Partial<Pick<Queue, "attributes" | "tags">>): Promise<void>;
  delete(queue: Queue): Promise<void>;
  urlOf(queue: Queue, host: string): string;
}

interface QueueRow {
  id: number;
  name: string;
  attributes: string;
  tags: string;
  created: number;
  modified: number;
}

export function openQueues(database: Database, region: string, accountId: string, now: () => number): Queues {
  database
    .sql(
      `CREATE TABLE IF NOT EXISTS queue (
         id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, attributes TEXT NOT NULL, tags TEXT NOT NULL,
         created INTEGER NOT NULL, modified INTEGER NOT NULL
       ) STRICT`,
    )
    .run();
  const byName = new Map<string, Queue>();
  const remember = (row: QueueRow) => {
    const attributes = JSON.parse(row.attributes) as Attributes;
    const arn = `arn:aws:sqs:${region}:${accountId}:${row.name}`;
    const queue = { ...row, arn, attributes, settings: settingsOf(attributes), tags: JSON.parse(row.tags) };
    byName.set(row.name, queue);
    return queue;
  };
  for (const row of database.sql("SELECT * FROM queue").all()) remember(row as unknown as QueueRow);

  const find = (reference: string) => byName.get(reference.split(/[/:]/).at(-1) ?? "");
  return {
    find,
    get(reference) {
      const queue = find(reference ?? "");
      if (!queue) throw new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
      return queue;
    },
    all: () => [...byName.values()],
    async create(name, attributes, tags) {
      const texts = {
        attributes: JSON.stringify(attributes),
        tags: JSON.stringify(tags),
        created: now(),
        modified: now(),
      };
      return database.write(() => {
        const { lastInsertRowid } = database
          .sql("INSERT INTO queue (name, attributes, tags, created, modified) VALUES (?,?,?,?,?)")
          .run(name, texts.attributes, texts.tags, texts.created, texts.modified);
        return remember({ id: Number(lastInsertRowid), name, ...texts });
      });
    },
    async update(queue, change) {
      const { id, name, created } = queue;
      const next = { ...queue, ...change };
      const row = {
        id,
        name,
        created,
        attributes: JSON.stringify(next.attributes),
        tags: JSON.stringify(next.tags),
        modified: now(),
      };
      await database.write(() =>
        database
          .sql("UPDATE queue SET attributes = ?, tags = ?, modified = ? WHERE id = ?")
          .run(row.attributes, row.tags, row.modified, id),
      );
      remember(row);
    },
    async delete(queue) {
      byName.delete(queue.name);
      await database.write(() => database.sql("DELETE FROM queue WHERE id = ?").run(queue.id));
    },
    urlOf: ({ name }, host) => `http://${host}/${accountId}/${name}`,
  };
}
