// Tables: what dynalite does not know of them is kept beside it, or done here.
import type {
  CreateTableInput,
  DeleteTableInput,
  DescribeTableInput,
  SSESpecification,
  TableDescription,
  UpdateTableInput,
} from "@aws-sdk/client-dynamodb";
import type { Database } from "../storage/database.ts";
import type { Engine } from "./engine.ts";
import {
  changeTableSettings,
  forgetTableSettings,
  invalid,
  readTableSettings,
  type TableSettings,
} from "./table-settings.ts";

type Handler = (input: never) => Promise<object>;

interface Settable {
  SSESpecification?: SSESpecification | undefined;
  DeletionProtectionEnabled?: boolean | undefined;
}

export function tableHandlers(engine: Engine, database: Database): Record<string, Handler> {
  const describe = (name: string, table: object) =>
    describeSettings(table, readTableSettings(database, name));
  return {
    async CreateTable({ TableName = "", Tags = [], TableClass: _, ...input }: CreateTableInput) {
      const { settings, rest } = split(input);
      const { TableDescription } = (await engine.run("CreateTable", { TableName, ...rest })) as {
        TableDescription: TableDescription;
      };
      await changeTableSettings(database, TableName, settings);
      if (Tags.length > 0) await engine.run("TagResource", { ResourceArn: TableDescription.TableArn, Tags });
      return { TableDescription: describe(TableName, TableDescription) };
    },
    async UpdateTable({ TableName = "", TableClass: _, ...input }: UpdateTableInput) {
      const { settings, rest } = split(input);
      if (rest.GlobalSecondaryIndexUpdates?.some(({ Create, Delete }) => Create ?? Delete))
        throw invalid("Expected no index to be added or removed: here that takes a new table.");
      // dynalite refuses an update without a change of its own.
      const { AttributeDefinitions: __, ...others } = rest;
      const { TableDescription = undefined, Table = TableDescription } = (await (Object.keys(others).length >
      0
        ? engine.run("UpdateTable", { TableName, ...others })
        : engine.run("DescribeTable", { TableName }))) as Record<string, object | undefined>;
      await changeTableSettings(database, TableName, settings);
      return { TableDescription: describe(TableName, Table ?? {}) };
    },
    async DescribeTable(input: DescribeTableInput) {
      const { Table } = (await engine.run("DescribeTable", input)) as { Table: object };
      return { Table: describe(input.TableName ?? "", Table) };
    },
    async DeleteTable(input: DeleteTableInput) {
      const { TableName = "" } = input;
      if (readTableSettings(database, TableName).deletionProtection)
        throw invalid(
          "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
        );
      const output = await engine.run("DeleteTable", input);
      await forgetTableSettings(database, TableName);
      return output;
    },
  };
}

function split<Input extends Settable>(input: Input) {
  const { SSESpecification: encryption, DeletionProtectionEnabled: deletionProtection, ...rest } = input;
  const settings: TableSettings = {
    ...(encryption && { encryption }),
    ...(deletionProtection !== undefined && { deletionProtection }),
  };
  return { settings, rest };
}

function describeSettings(table: object, { encryption, deletionProtection = false }: TableSettings): object {
  return {
    ...table,
    DeletionProtectionEnabled: deletionProtection,
    ...(encryption?.Enabled && { SSEDescription: { Status: "ENABLED", SSEType: "KMS" } }),
  };
}
