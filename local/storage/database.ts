// One SQLite file in WAL mode. Writes that are queued in the same turn share one transaction (a commit costs far more
// than a write); each runs in a savepoint, so that one failing takes only itself back. An answer given after `write`
// resolves survives kill -9; power loss too with `fsync`, at the price of one per commit.
import { DatabaseSync, type StatementSync } from "node:sqlite";

export interface Database {
  /** A prepared statement, kept for the next time. */
  sql(text: string): StatementSync;
  /** Runs `work` (synchronous) in a transaction; resolves to its result once that is committed. */
  write<Result>(work: () => Result): Promise<Result>;
  /** Commits what is queued first; later writes fail. */
  close(): void;
}

/** After a burst the log is cut to this. It is written back a thousand pages at a time, so more is rare. */
const MAX_IDLE_LOG_BYTES = 16 * 1024 * 1024;
/** Less than this is not worth the copy. */
const MIN_COMPACTED_BYTES = 16 * 1024 * 1024;

interface Queued {
  work(): unknown;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export function openDatabase(file: string, { fsync = false }: { fsync?: boolean } = {}): Database {
  const connection = new DatabaseSync(file);
  connection.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = ${fsync ? "FULL" : "NORMAL"}; PRAGMA foreign_keys = ON;
     PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};`,
  );
  compact(connection);
  const statements = new Map<string, StatementSync>();
  let queue: Queued[] = [];

  function sql(text: string): StatementSync {
    let statement = statements.get(text);
    if (!statement) {
      statement = connection.prepare(text);
      statements.set(text, statement);
    }
    return statement;
  }

  function commitQueued(): void {
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    const settle: (() => void)[] = [];
    try {
      sql("BEGIN IMMEDIATE").run();
      for (const item of batch) settle.push(attempt(item));
      sql("COMMIT").run();
    } catch (error) {
      // The commit itself failed (a full disk, say): nothing of this batch happened.
      if (connection.isOpen && connection.isTransaction) sql("ROLLBACK").run();
      for (const { reject } of batch) reject(error);
      return;
    }
    for (const answer of settle) answer();
  }

  function attempt({ work, resolve, reject }: Queued): () => void {
    sql("SAVEPOINT one").run();
    try {
      const result = work();
      sql("RELEASE one").run();
      return () => resolve(result);
    } catch (error) {
      sql("ROLLBACK TO one").run();
      sql("RELEASE one").run();
      return () => reject(error);
    }
  }

  return {
    sql,
    write: (work) =>
      new Promise((resolve, reject) => {
        queue.push({ work, resolve: resolve as (result: unknown) => void, reject });
        if (queue.length === 1) setImmediate(commitQueued);
      }),
    close() {
      commitQueued();
      connection.close();
    },
  };
}

/** For tables that an earlier release made without it. */
export function addColumn(database: Database, table: string, definition: string): void {
  const [name = ""] = definition.split(" ");
  if (database.sql("SELECT 1 FROM pragma_table_info(?) WHERE name = ?").get(table, name)) return;
  database.sql(`ALTER TABLE ${table} ADD COLUMN ${definition}`).run();
}

/** What is deleted leaves room that is used again, but the file does not shrink: at start, a file that is mostly empty is written anew. */
function compact(connection: DatabaseSync): void {
  const pragma = (name: string) => Number(Object.values(connection.prepare(`PRAGMA ${name}`).get() ?? {})[0]);
  const free = pragma("freelist_count");
  if (free * 2 > pragma("page_count") && free * pragma("page_size") > MIN_COMPACTED_BYTES)
    connection.exec("VACUUM");
}
