// A table of photos for the tests of one `describe`: by set and name, with an index by kind and size.
import type { AttributeValue, PutItemCommandInput, PutItemCommandOutput } from "@aws-sdk/client-dynamodb";
import { until } from "../../support/until.ts";
import { newName, type Target } from "../target.ts";

export const BY_KIND = "by-kind";
/** AWS takes some ten seconds to make a table. */
const ACTIVE_WITHIN_MS = 60_000;

type Item = Record<string, AttributeValue>;

export interface TestTable {
  name: string;
  put(item: Item, more?: Partial<PutItemCommandInput>): Promise<PutItemCommandOutput>;
}

export function keyOf(set: string, name: string) {
  return { set: { S: set }, name: { S: name } };
}

export function photo(set: string, name: string, more: Item = {}) {
  return { ...keyOf(set, name), ...more };
}

export function useTable(target: Target): TestTable {
  const table: TestTable = {
    name: "",
    put: (Item, more) => target.dynamodb.putItem({ TableName: table.name, Item, ...more }),
  };
  before(async function () {
    this.timeout(2 * ACTIVE_WITHIN_MS);
    table.name = newName();
    const TableName = table.name;
    const key = (AttributeName: string, KeyType: "HASH" | "RANGE") => ({ AttributeName, KeyType });
    await target.dynamodb.createTable({
      TableName,
      KeySchema: [key("set", "HASH"), key("name", "RANGE")],
      AttributeDefinitions: [
        { AttributeName: "set", AttributeType: "S" },
        { AttributeName: "name", AttributeType: "S" },
        { AttributeName: "kind", AttributeType: "S" },
        { AttributeName: "size", AttributeType: "N" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: BY_KIND,
          KeySchema: [key("kind", "HASH"), key("size", "RANGE")],
          Projection: { ProjectionType: "ALL" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
    });
    await until(
      "the table is active",
      async () => (await target.dynamodb.describeTable({ TableName })).Table?.TableStatus === "ACTIVE",
      ACTIVE_WITHIN_MS,
    );
  });
  after(() => target.dynamodb.deleteTable({ TableName: table.name }));
  return table;
}
