// Settings of tables that have no effect here: they are kept, and told.
import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsInput,
  DescribeTimeToLiveInput,
  PointInTimeRecoverySpecification,
  SSESpecification,
  TimeToLiveSpecification,
  UpdateContinuousBackupsInput,
  UpdateTimeToLiveInput,
} from "@aws-sdk/client-dynamodb";
import { ServiceError } from "../protocol/model.ts";
import type { Database } from "../storage/database.ts";
import type { Engine } from "./engine.ts";

export interface TableSettings {
  timeToLive?: TimeToLiveSpecification;
  pointInTimeRecovery?: PointInTimeRecoverySpecification;
  encryption?: SSESpecification;
  deletionProtection?: boolean;
}

export function openTableSettings(database: Database): void {
  database
    .sql("CREATE TABLE IF NOT EXISTS table_settings (name TEXT PRIMARY KEY, settings TEXT NOT NULL) STRICT")
    .run();
}

export function readTableSettings(database: Database, name: string): TableSettings {
  const row = database.sql("SELECT settings FROM table_settings WHERE name = ?").get(name);
  return row ? (JSON.parse(String(row.settings)) as TableSettings) : {};
}

export function changeTableSettings(database: Database, name: string, change: TableSettings): Promise<void> {
  return database.write(() => {
    const settings = JSON.stringify({ ...readTableSettings(database, name), ...change });
    database.sql("INSERT OR REPLACE INTO table_settings VALUES (?,?)").run(name, settings);
  });
}

export function forgetTableSettings(database: Database, name: string): Promise<void> {
  return database.write(() => void database.sql("DELETE FROM table_settings WHERE name = ?").run(name));
}

type SettingsHandler = (input: never) => Promise<object>;

export function settingsHandlers(engine: Engine, database: Database): Record<string, SettingsHandler> {
  /** Rejects when there is no such table. */
  const find = (TableName: string) => engine.run("DescribeTable", { TableName });
  return {
    UpdateTimeToLive: async ({ TableName = "", TimeToLiveSpecification }: UpdateTimeToLiveInput) => {
      const { Enabled = false, AttributeName = "" } = TimeToLiveSpecification ?? {};
      await find(TableName);
      const { timeToLive } = readTableSettings(database, TableName);
      if (AttributeName === "") throw invalid("TimeToLiveSpecification.AttributeName must not be empty");
      if (Enabled === (timeToLive?.Enabled ?? false))
        throw invalid(`TimeToLive is already ${Enabled ? "enabled" : "disabled"}`);
      const changed = { Enabled, AttributeName };
      await changeTableSettings(database, TableName, { timeToLive: changed });
      return { TimeToLiveSpecification: changed };
    },
    DescribeTimeToLive: async ({ TableName = "" }: DescribeTimeToLiveInput) => {
      await find(TableName);
      const { Enabled = false, AttributeName } = readTableSettings(database, TableName).timeToLive ?? {};
      const described = Enabled
        ? { TimeToLiveStatus: "ENABLED", AttributeName }
        : { TimeToLiveStatus: "DISABLED" };
      return { TimeToLiveDescription: described };
    },
    UpdateContinuousBackups: async (input: UpdateContinuousBackupsInput) => {
      const { TableName = "", PointInTimeRecoverySpecification } = input;
      await find(TableName);
      await changeTableSettings(database, TableName, {
        ...(PointInTimeRecoverySpecification && { pointInTimeRecovery: PointInTimeRecoverySpecification }),
      });
      return describeBackups(database, TableName);
    },
    DescribeContinuousBackups: async ({ TableName = "" }: DescribeContinuousBackupsInput) => {
      await find(TableName);
      return describeBackups(database, TableName);
    },
  };
}

function describeBackups(
  database: Database,
  name: string,
): { ContinuousBackupsDescription: ContinuousBackupsDescription } {
  const isEnabled =
    readTableSettings(database, name).pointInTimeRecovery?.PointInTimeRecoveryEnabled === true;
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: isEnabled ? "ENABLED" : "DISABLED" },
    },
  };
}

export function invalid(message: string): ServiceError {
  return new ServiceError("ValidationException", message, { status: 400 });
}
