// Who changed what, in the catalog: beside the items of images, under keys that no image has (the worker takes a key that ends
// with "/" for a folder), in the index by status as a status of its own.
import { PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Catalog } from "./target.ts";

export interface AuditEntry {
  /** ISO 8601. */
  at: string;
  who: string;
  deed: string;
  target: string;
  filter: Record<string, unknown>;
  counts: Record<string, number>;
}

/** `serial`: tells entries of one moment apart. */
export async function writeToCatalog(
  { dynamodb, table }: Catalog,
  entry: AuditEntry,
  serial: string,
): Promise<void> {
  const item = {
    key: `audit#${entry.at}#${serial}/`,
    status: "audit",
    statusShard: "audit",
    finishedAt: entry.at,
    ...entry,
  };
  await dynamodb.send(
    new PutItemCommand({
      TableName: table,
      Item: marshall(item, { removeUndefinedValues: true, convertClassInstanceToMap: true }),
      // What is written down stays as it is.
      ConditionExpression: "attribute_not_exists(finishedAt)",
    }),
  );
}
