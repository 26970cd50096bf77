// Events that wait for their function, as rows.
import type { Database } from "../../storage/database.ts";

export interface QueuedEvent {
  /** Of the request that brought it, and of every invocation that it leads to. */
  id: string;
  /** As the function was called, perhaps by an alias. */
  arn: string;
  /** JSON text. */
  payload: string;
  /** Of the request. */
  trace: string | undefined;
  queuedMs: number;
  dueMs: number;
  /** Invocations that failed. */
  failures: number;
  /** Since the last of them. */
  throttles: number;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS lambda_event (
     id TEXT PRIMARY KEY, arn TEXT NOT NULL, payload TEXT NOT NULL, trace TEXT, queued INTEGER NOT NULL,
     due INTEGER NOT NULL, failures INTEGER NOT NULL, throttles INTEGER NOT NULL
   ) STRICT`,
  "CREATE INDEX IF NOT EXISTS lambda_event_due ON lambda_event (due)",
  "CREATE INDEX IF NOT EXISTS lambda_event_arn ON lambda_event (arn, due)",
];

export function openEventTable(database: Database): void {
  for (const statement of SCHEMA) database.sql(statement).run();
}

export function insertEvent(database: Database, event: QueuedEvent): void {
  const { id, arn, payload, trace = null, queuedMs, dueMs, failures, throttles } = event;
  database
    .sql("INSERT INTO lambda_event VALUES (?,?,?,?,?,?,?,?)")
    .run(id, arn, payload, trace, queuedMs, dueMs, failures, throttles);
}

/** The arns that events wait for. */
export function waitedFor(database: Database): string[] {
  const rows = database.sql("SELECT DISTINCT arn FROM lambda_event").all();
  return rows.map(({ arn }) => String(arn));
}

/** Of one arn, the longest due first. */
export function dueEvents(database: Database, arn: string, nowMs: number, most: number): string[] {
  const rows = database
    .sql("SELECT id FROM lambda_event WHERE arn = ? AND due <= ? ORDER BY due LIMIT ?")
    .all(arn, nowMs, most);
  return rows.map(({ id }) => String(id));
}

export function findEvent(database: Database, id: string): QueuedEvent | undefined {
  const row = database.sql("SELECT * FROM lambda_event WHERE id = ?").get(id);
  return row && toEvent(row);
}

/** When the first of the others is due. */
export function nextDueMs(database: Database, nowMs: number): number | undefined {
  const row = database.sql("SELECT min(due) AS due FROM lambda_event WHERE due > ?").get(nowMs);
  return row?.due == null ? undefined : Number(row.due);
}

export function postponeEvent(database: Database, { id, dueMs, failures, throttles }: QueuedEvent): void {
  database
    .sql("UPDATE lambda_event SET due = ?, failures = ?, throttles = ? WHERE id = ?")
    .run(dueMs, failures, throttles, id);
}

export function deleteEvent(database: Database, id: string): void {
  database.sql("DELETE FROM lambda_event WHERE id = ?").run(id);
}

function toEvent(row: Record<string, unknown>): QueuedEvent {
  return {
    ...{ id: String(row.id), arn: String(row.arn), payload: String(row.payload) },
    trace: row.trace === null ? undefined : String(row.trace),
    ...{ queuedMs: Number(row.queued), dueMs: Number(row.due) },
    ...{ failures: Number(row.failures), throttles: Number(row.throttles) },
  };
}
