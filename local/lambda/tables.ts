// Functions and event source mappings that requests made, as rows. What a program declares is not here: whoever starts the
// cloud puts it again.
import type { Database } from "../storage/database.ts";
import type { FunctionConfiguration } from "./function.ts";
import type { MappingConfiguration } from "./mappings/event-source-mapping.ts";

/** Its zip is unpacked anew with every start. */
export type KeptFunction = Omit<FunctionConfiguration, "codeDirectory">;

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS lambda_function (
     arn TEXT PRIMARY KEY, configuration TEXT NOT NULL, zip BLOB NOT NULL
   ) STRICT`,
  `CREATE TABLE IF NOT EXISTS event_source_mapping (
     id TEXT PRIMARY KEY, configuration TEXT NOT NULL, modified INTEGER NOT NULL
   ) STRICT`,
];

export function openTables(database: Database): void {
  for (const statement of SCHEMA) database.sql(statement).run();
}

export function keptFunction(database: Database, arn: string): KeptFunction | undefined {
  const row = database.sql("SELECT configuration FROM lambda_function WHERE arn = ?").get(arn);
  return row && JSON.parse(String(row.configuration));
}

export function keptFunctions(database: Database): { configuration: KeptFunction; zip: Uint8Array }[] {
  return database
    .sql("SELECT * FROM lambda_function ORDER BY arn")
    .all()
    .map(({ configuration, zip }) => ({
      configuration: JSON.parse(String(configuration)),
      zip: zip as Uint8Array,
    }));
}

export function insertFunction(database: Database, configuration: KeptFunction, zip: Uint8Array): void {
  database
    .sql("INSERT INTO lambda_function VALUES (?,?,?)")
    .run(configuration.arn, JSON.stringify(configuration), zip);
}

export function updateFunction(database: Database, configuration: KeptFunction, zip?: Uint8Array): void {
  const { arn } = configuration;
  database
    .sql("UPDATE lambda_function SET configuration = ? WHERE arn = ?")
    .run(JSON.stringify(configuration), arn);
  if (zip) database.sql("UPDATE lambda_function SET zip = ? WHERE arn = ?").run(zip, arn);
}

export function deleteFunction(database: Database, arn: string): void {
  database.sql("DELETE FROM lambda_function WHERE arn = ?").run(arn);
}

export interface KeptMapping {
  configuration: MappingConfiguration;
  modifiedAt: Date;
}

export function keptMapping(database: Database, id: string): KeptMapping | undefined {
  const row = database.sql("SELECT * FROM event_source_mapping WHERE id = ?").get(id);
  return row && toMapping(row);
}

export function keptMappings(database: Database): KeptMapping[] {
  return database.sql("SELECT * FROM event_source_mapping ORDER BY id").all().map(toMapping);
}

/** Creates or replaces. */
export function writeMapping(database: Database, { configuration, modifiedAt }: KeptMapping): void {
  database
    .sql(
      `INSERT INTO event_source_mapping VALUES (?,?,?)
       ON CONFLICT (id) DO UPDATE SET configuration = excluded.configuration, modified = excluded.modified`,
    )
    .run(configuration.id, JSON.stringify(configuration), modifiedAt.getTime());
}

export function deleteMapping(database: Database, id: string): void {
  database.sql("DELETE FROM event_source_mapping WHERE id = ?").run(id);
}

function toMapping({ configuration, modified }: Record<string, unknown>): KeptMapping {
  return { configuration: JSON.parse(String(configuration)), modifiedAt: new Date(Number(modified)) };
}
