// Sessions of roles that were assumed over the wire, as rows: their credentials outlive a restart, until they expire.
import { randomBytes } from "node:crypto";
import type { Database } from "../storage/database.ts";
import type { Principal } from "./principal.ts";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Session {
  credentials: Required<Credentials>;
  principal: Required<Principal>;
  /** A role that is deleted, or made again, ends its sessions. */
  roleId: string;
  expiresMs: number;
}

/** For so long a session is told that it expired; then nobody knows it any more. */
const REMEMBERED_MS = 24 * 60 * 60 * 1000;

export function openSessions(database: Database): void {
  database
    .sql(
      `CREATE TABLE IF NOT EXISTS session (
         access_key_id TEXT PRIMARY KEY, expires INTEGER NOT NULL, about TEXT NOT NULL
       ) STRICT`,
    )
    .run();
}

export function findSession(database: Database, accessKeyId: string): Session | undefined {
  const row = database.sql("SELECT about FROM session WHERE access_key_id = ?").get(accessKeyId);
  return row && (JSON.parse(String(row.about)) as Session);
}

export function writeSession(database: Database, session: Session, nowMs: number): void {
  database.sql("DELETE FROM session WHERE expires < ?").run(nowMs - REMEMBERED_MS);
  database
    .sql("INSERT INTO session VALUES (?,?,?)")
    .run(session.credentials.accessKeyId, session.expiresMs, JSON.stringify(session));
}

export function newCredentials(): Required<Credentials> {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: secret(),
    sessionToken: secret(),
  };
}

function secret(): string {
  return randomBytes(30).toString("base64url");
}
