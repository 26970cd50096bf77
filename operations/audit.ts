// Who changed what, in the catalog: beside the items of images, under keys that no image has (the worker takes a key that ends
// with "/" for a folder), in the index by status as a status of its own.
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
  // Loaded late: most stacks have no catalog, and every command that changes something comes by here.
  const { PutItemCommand } = await import("@aws-sdk/client-dynamodb");
  const { marshall } = await import("@aws-sdk/util-dynamodb");
  const item = {
    key: `audit#${entry.at}#${serial}/`,
    status: "audit",
    statusShard: "audit",
    finishedAt: entry.at,
    ...entry,
  };
  const client = await dynamodb();
  await client.send(
    new PutItemCommand({
      TableName: table,
      Item: marshall(item, { removeUndefinedValues: true, convertClassInstanceToMap: true }),
      // What is written down stays as it is.
      ConditionExpression: "attribute_not_exists(finishedAt)",
    }),
  );
}
