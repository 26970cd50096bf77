// Roles. Those that were made over the wire are rows; those that a program declares are kept in memory, because it puts them
// again at each start, and nobody else may change them.
import { createHash, randomBytes } from "node:crypto";
import type { Database } from "../storage/database.ts";

export interface Role {
  arn: string;
  /** Unique in the account, whatever the path, and whether in upper or lower case. */
  name: string;
  /** `/`, or such as `/service-role/`. */
  path: string;
  /** `AROA…`: another for a role that is made again, so that sessions of the first end with it. */
  id: string;
  createdMs: number;
  /** The policy document that says who may assume it. */
  trust: string;
  /** Documents of the inline policies, by name. */
  policies: Record<string, string>;
  maxSessionSeconds: number;
  description?: string;
  tags: Record<string, string>;
}

export interface Roles {
  find(name: string): Role | undefined;
  isDeclared(name: string): boolean;
  /** By name, those after one, below a path. */
  after(name: string, pathPrefix: string, most: number): Role[];
  /** Of a program; it takes the place of one that was made over the wire. */
  declare(role: Role): void;
  /** Creates or replaces, inside a write of the caller's. */
  write(role: Role): void;
  delete(name: string): void;
}

const DEFAULT_SESSION_SECONDS = 3600;

export function openRoles(database: Database): Roles {
  const declared = new Map<string, Role>();
  database
    .sql(
      `CREATE TABLE IF NOT EXISTS role (
         name TEXT PRIMARY KEY COLLATE NOCASE, path TEXT NOT NULL, about TEXT NOT NULL
       ) STRICT`,
    )
    .run();

  function deleteRow(name: string): void {
    database.sql("DELETE FROM role WHERE name = ?").run(name);
  }

  return {
    find(name) {
      const row = database.sql("SELECT about FROM role WHERE name = ?");
      return declared.get(name.toLowerCase()) ?? toRole(row.get(name));
    },
    isDeclared: (name) => declared.has(name.toLowerCase()),
    after(name, pathPrefix, most) {
      const rows = database
        .sql("SELECT about FROM role WHERE name > ? AND substr(path, 1, ?) = ? ORDER BY name LIMIT ?")
        .all(name, pathPrefix.length, pathPrefix, most);
      const others = [...declared.values()].filter(
        (role) => order(role.name, name) > 0 && role.path.startsWith(pathPrefix),
      );
      const found = [...rows.flatMap((row) => toRole(row) ?? []), ...others];
      return found.sort((a, b) => order(a.name, b.name)).slice(0, most);
    },
    declare(role) {
      deleteRow(role.name);
      declared.set(role.name.toLowerCase(), role);
    },
    write(role) {
      database
        .sql("INSERT OR REPLACE INTO role VALUES (?,?,?)")
        .run(role.name, role.path, JSON.stringify(role));
    },
    delete: deleteRow,
  };
}

/** As a program declares it, to be trusted by nobody yet. Its id is always the same, so that sessions outlive a restart. */
export function declaredRole(arn: string, createdMs: number): Omit<Role, "trust"> {
  return { ...bareRole(arn, createdMs), id: roleId(createHash("sha256").update(arn).digest()) };
}

export function bareRole(arn: string, createdMs: number): Omit<Role, "trust"> {
  return {
    arn,
    ...partsOf(arn),
    id: roleId(randomBytes(17)),
    createdMs,
    policies: {},
    maxSessionSeconds: DEFAULT_SESSION_SECONDS,
    tags: {},
  };
}

/** Of `arn:aws:iam::1:role/some/path/name`. */
export function partsOf(arn: string): { name: string; path: string } {
  const [, ...names] = arn.split("/");
  const name = names.pop() ?? "";
  return { name, path: ["", ...names, ""].join("/") };
}

const ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
function roleId(bytes: Uint8Array): string {
  return `AROA${[...bytes.slice(0, 17)].map((byte) => ID_CHARACTERS[byte % 32]).join("")}`;
}

function toRole(row: Record<string, unknown> | undefined): Role | undefined {
  return row && (JSON.parse(String(row.about)) as Role);
}

/** As SQLite orders NOCASE: names are ASCII. */
function order(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : Number(x > y);
}
