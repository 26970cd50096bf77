// Topics and subscriptions as rows. They are few, and SQLite reads them in microseconds: nothing of them is kept in memory.
import type { Database } from "../storage/database.ts";

export type Attributes = Record<string, string>;

export interface Topic {
  arn: string;
  attributes: Attributes;
  tags: Record<string, string>;
}

export interface Subscription {
  arn: string;
  topic: string;
  protocol: string;
  endpoint: string;
  /** Who subscribed. */
  principal: string;
  attributes: Attributes;
  isConfirmed: boolean;
  created: number;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS topic (arn TEXT PRIMARY KEY, attributes TEXT NOT NULL, tags TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS subscription (
     arn TEXT PRIMARY KEY, topic TEXT NOT NULL REFERENCES topic(arn) ON DELETE CASCADE, protocol TEXT NOT NULL,
     endpoint TEXT NOT NULL, principal TEXT NOT NULL, attributes TEXT NOT NULL, confirmed INTEGER NOT NULL,
     created INTEGER NOT NULL, UNIQUE (topic, protocol, endpoint)
   ) STRICT`,
];

export function openTopics(database: Database): void {
  for (const statement of SCHEMA) database.sql(statement).run();
}

export function findTopic(database: Database, arn: string): Topic | undefined {
  const row = database.sql("SELECT * FROM topic WHERE arn = ?").get(arn);
  return row && toTopic(row);
}

/** By arn, those after one. */
export function topicsAfter(database: Database, arn: string, most: number): Topic[] {
  return database.sql("SELECT * FROM topic WHERE arn > ? ORDER BY arn LIMIT ?").all(arn, most).map(toTopic);
}

/** Creates or replaces. */
export function writeTopic(database: Database, { arn, attributes, tags }: Topic): void {
  database
    .sql(
      `INSERT INTO topic VALUES (?,?,?)
       ON CONFLICT (arn) DO UPDATE SET attributes = excluded.attributes, tags = excluded.tags`,
    )
    .run(arn, JSON.stringify(attributes), JSON.stringify(tags));
}

export function deleteTopic(database: Database, arn: string): void {
  database.sql("DELETE FROM topic WHERE arn = ?").run(arn);
}

export function findSubscription(database: Database, arn: string): Subscription | undefined {
  const row = database.sql("SELECT * FROM subscription WHERE arn = ?").get(arn);
  return row && toSubscription(row);
}

export function subscriptionsOf(database: Database, topicArn: string): Subscription[] {
  return database
    .sql("SELECT * FROM subscription WHERE topic = ? ORDER BY arn")
    .all(topicArn)
    .map(toSubscription);
}

/** By arn, those after one, of all topics. */
export function subscriptionsAfter(database: Database, arn: string, most: number): Subscription[] {
  return database
    .sql("SELECT * FROM subscription WHERE arn > ? ORDER BY arn LIMIT ?")
    .all(arn, most)
    .map(toSubscription);
}

/** Creates or replaces. */
export function writeSubscription(database: Database, subscription: Subscription): void {
  const { arn, topic, protocol, endpoint, principal, attributes, isConfirmed, created } = subscription;
  database
    .sql(
      `INSERT INTO subscription VALUES (?,?,?,?,?,?,?,?)
       ON CONFLICT (arn) DO UPDATE SET attributes = excluded.attributes, created = excluded.created`,
    )
    .run(arn, topic, protocol, endpoint, principal, JSON.stringify(attributes), isConfirmed ? 1 : 0, created);
}

export function deleteSubscription(database: Database, arn: string): void {
  database.sql("DELETE FROM subscription WHERE arn = ?").run(arn);
}

/** Nobody has confirmed these in time. */
export function expireSubscriptions(database: Database, createdBefore: number): void {
  database.sql("DELETE FROM subscription WHERE confirmed = 0 AND created < ?").run(createdBefore);
}

type Row = Record<string, unknown>;

function toTopic({ arn, attributes, tags }: Row): Topic {
  return { arn: String(arn), attributes: JSON.parse(String(attributes)), tags: JSON.parse(String(tags)) };
}

function toSubscription({ attributes, confirmed, ...row }: Row): Subscription {
  return {
    ...(row as unknown as Omit<Subscription, "attributes" | "isConfirmed">),
    attributes: JSON.parse(String(attributes)),
    isConfirmed: confirmed === 1,
  };
}
