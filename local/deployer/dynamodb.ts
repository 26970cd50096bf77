// Tables. Their client is loaded with the first one: most programs have none.
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type {
  CreateTableInput,
  DynamoDB,
  KeySchemaElement,
  TableDescription,
} from "@aws-sdk/client-dynamodb";
import { physicalName } from "./physical-name.ts";
import type { Declared, Made, Make, Target } from "./resource-type.ts";

interface Keys {
  hashKey: string;
  rangeKey?: string;
  /** Of an index, instead of the two. */
  keySchemas?: { attributeName: string; keyType: string }[];
}

interface IndexInputs extends Keys {
  name: string;
  projectionType: string;
  nonKeyAttributes?: string[];
  readCapacity?: number;
  writeCapacity?: number;
}

interface TableInputs extends Keys {
  name?: string;
  billingMode?: string;
  readCapacity?: number;
  writeCapacity?: number;
  attributes: { name: string; type: string }[];
  globalSecondaryIndexes?: IndexInputs[];
  localSecondaryIndexes?: Omit<IndexInputs, "hashKey">[];
  ttl?: { enabled?: boolean; attributeName?: string };
  pointInTimeRecovery?: { enabled: boolean };
  serverSideEncryption?: { enabled: boolean; kmsKeyArn?: string };
  deletionProtectionEnabled?: boolean;
  streamEnabled?: boolean;
  tags?: Record<string, string>;
}

/** A table here is ready at once. */
const POLL_MS = 20;
const ON_DEMAND = "PAY_PER_REQUEST";

export const dynamodbTypes: Record<string, Make> = { "aws:dynamodb/table:Table": makeTable };

async function makeTable(declared: Declared<TableInputs>, target: Target): Promise<Made> {
  const { inputs } = declared;
  if (inputs.streamEnabled)
    throw new Error("Expected a table without a stream: streams are not served here.");
  const dynamodb = await target.dynamodb();
  const TableName = inputs.name ?? physicalName(declared, 255);
  const wanted = toApi(TableName, inputs);
  const existing = await find(dynamodb, TableName);
  if (existing) await update(dynamodb, wanted, existing);
  else await dynamodb.createTable(wanted);
  const { TableArn = "" } = await whenActive(dynamodb, TableName);
  await set(dynamodb, { name: TableName, arn: TableArn }, inputs);
  return { id: TableName, outputs: { name: TableName, arn: TableArn } };
}

async function find(dynamodb: DynamoDB, TableName: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamodb.describeTable({ TableName })).Table;
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

async function whenActive(dynamodb: DynamoDB, TableName: string): Promise<TableDescription> {
  for (;;) {
    const { Table } = await dynamodb.describeTable({ TableName });
    if (Table?.TableStatus === "ACTIVE") return Table;
    await pause(POLL_MS);
  }
}

/** Keys and indexes stay as they are: to change them, Pulumi would replace the table, and what is in it would be lost. */
async function update(
  dynamodb: DynamoDB,
  wanted: CreateTableInput,
  existing: TableDescription,
): Promise<void> {
  if (!isDeepStrictEqual(shapeOf(wanted), shapeOf(existing))) {
    const shape = JSON.stringify(shapeOf(existing));
    throw new Error(
      `Expected the keys and indexes of the table that is there, ${shape}: only a new table has others.`,
    );
  }
  const { TableName, BillingMode, ProvisionedThroughput, SSESpecification, DeletionProtectionEnabled } =
    wanted;
  const before = existing.BillingModeSummary?.BillingMode ?? "PROVISIONED";
  const billing =
    before === BillingMode ? {} : { BillingMode, ...(ProvisionedThroughput && { ProvisionedThroughput }) };
  await dynamodb.updateTable({ TableName, SSESpecification, DeletionProtectionEnabled, ...billing });
}

function shapeOf(table: CreateTableInput | TableDescription) {
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
  const ofIndexes = indexes.map(({ IndexName = "", KeySchema }) => [IndexName, namesOf(KeySchema)]);
  return { keys: namesOf(table.KeySchema), indexes: Object.fromEntries(ofIndexes) };
}

function namesOf(keys: readonly KeySchemaElement[] = []): string[] {
  return keys.map(({ AttributeName = "" }) => AttributeName);
}

async function set(
  dynamodb: DynamoDB,
  { name: TableName, arn: ResourceArn }: { name: string; arn: string },
  { ttl, pointInTimeRecovery, tags = {} }: TableInputs,
): Promise<void> {
  const { TimeToLiveDescription } = await dynamodb.describeTimeToLive({ TableName });
  const Enabled = ttl?.enabled ?? false;
  if (Enabled !== (TimeToLiveDescription?.TimeToLiveStatus === "ENABLED")) {
    const AttributeName = ttl?.attributeName ?? TimeToLiveDescription?.AttributeName ?? "";
    await dynamodb.updateTimeToLive({ TableName, TimeToLiveSpecification: { Enabled, AttributeName } });
  }
  const PointInTimeRecoveryEnabled = pointInTimeRecovery?.enabled ?? false;
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled };
  await dynamodb.updateContinuousBackups({ TableName, PointInTimeRecoverySpecification });
  const { Tags: before = [] } = await dynamodb.listTagsOfResource({ ResourceArn });
  const TagKeys = before.flatMap(({ Key = "" }) => (Key in tags ? [] : [Key]));
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  if (TagKeys.length > 0) await dynamodb.untagResource({ ResourceArn, TagKeys });
  if (Tags.length > 0) await dynamodb.tagResource({ ResourceArn, Tags });
}

function toApi(TableName: string, inputs: TableInputs) {
  const { billingMode = "PROVISIONED", globalSecondaryIndexes = [], localSecondaryIndexes = [] } = inputs;
  const throughput = (of: { readCapacity?: number; writeCapacity?: number }) =>
    billingMode === ON_DEMAND ? {} : { ProvisionedThroughput: capacity(of) };
  const { hashKey } = inputs;
  return {
    TableName,
    KeySchema: keySchema(inputs),
    AttributeDefinitions: inputs.attributes.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    BillingMode: billingMode,
    ...throughput(inputs),
    ...(globalSecondaryIndexes.length > 0 && {
      GlobalSecondaryIndexes: globalSecondaryIndexes.map((index) => ({
        ...toIndex(index),
        ...throughput(index),
      })),
    }),
    ...(localSecondaryIndexes.length > 0 && {
      LocalSecondaryIndexes: localSecondaryIndexes.map((index) => toIndex({ ...index, hashKey })),
    }),
    SSESpecification: { Enabled: inputs.serverSideEncryption?.enabled ?? false },
    DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false,
  } as CreateTableInput;
}

function toIndex({ name, projectionType, nonKeyAttributes, ...keys }: IndexInputs) {
  const Projection = {
    ProjectionType: projectionType,
    ...(nonKeyAttributes && { NonKeyAttributes: nonKeyAttributes }),
  };
  return { IndexName: name, KeySchema: keySchema(keys), Projection };
}

function keySchema({ hashKey, rangeKey, keySchemas }: Keys) {
  if (keySchemas) {
    return keySchemas.map(({ attributeName, keyType }) => ({
      AttributeName: attributeName,
      KeyType: keyType,
    }));
  }
  const hash = { AttributeName: hashKey, KeyType: "HASH" };
  return rangeKey === undefined ? [hash] : [hash, { AttributeName: rangeKey, KeyType: "RANGE" }];
}

function capacity({
  readCapacity = 1,
  writeCapacity = 1,
}: {
  readCapacity?: number;
  writeCapacity?: number;
}) {
  return { ReadCapacityUnits: readCapacity, WriteCapacityUnits: writeCapacity };
}
