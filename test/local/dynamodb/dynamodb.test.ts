// What the contract suite cannot ask of AWS: roles, restarts, kill -9, and that who has no table pays nothing.
import { existsSync } from "node:fs";
import { type AttributeValue, DynamoDB } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { create } from "dynalite/db/index.js";
import type { Cloud } from "../../../local/cloud.ts";
import { createEngine } from "../../../local/dynamodb/engine.ts";
import type { Credentials } from "../../../local/iam/iam.ts";
import { connection, startTestCloud, type TestCloud } from "../../support/local-cloud.ts";
import { rejection } from "../../support/rejection.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { until } from "../../support/until.ts";
import { startKillableCloud } from "../durability/killable-cloud.ts";

const ROLE = "arn:aws:iam::000000000000:role/worker";
const TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/photos";
const TRUST = { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" };
const text = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const root = (cloud: Cloud) => new DynamoDB(connection(cloud));
const PHOTOS = {
  TableName: "photos",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" as const },
    { AttributeName: "kind", AttributeType: "S" as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "by-kind",
      KeySchema: [{ AttributeName: "kind", KeyType: "HASH" as const }],
      Projection: { ProjectionType: "ALL" as const },
    },
  ],
  BillingMode: "PAY_PER_REQUEST" as const,
};

describe("permissions on tables", () => {
  let cloud: TestCloud;

  before(async () => {
    cloud = await startTestCloud();
    await makePhotos(root(cloud));
  });
  after(() => cloud.stop());

  const client = (credentials: Credentials) => new DynamoDB({ ...connection(cloud), credentials });
  function worker(Action: string, Resource: string | string[] = "*"): DynamoDB {
    cloud.iam.putRole(ROLE, text(TRUST));
    cloud.iam.putRolePolicy(ROLE, "inline", text({ Effect: "Allow", Action, Resource }));
    return client(cloud.iam.assumeRole(ROLE, "lambda.amazonaws.com", "session"));
  }
  const refusal = async (promise: Promise<unknown>) => {
    const error = (await rejection(promise)) as Error & { $metadata?: { httpStatusCode?: number } };
    return [error.name, error.$metadata?.httpStatusCode];
  };

  const TableName = "photos";
  const Key = { id: { S: "a" } };
  const query = {
    TableName,
    IndexName: "by-kind",
    KeyConditionExpression: "kind = :kind",
    ExpressionAttributeValues: { ":kind": { S: "cat" } },
  };
  const operations: Record<string, [ask: (to: DynamoDB) => Promise<unknown>, resource: string]> = {
    PutItem: [(to) => to.putItem({ TableName, Item: Key }), TABLE],
    GetItem: [(to) => to.getItem({ TableName, Key }), TABLE],
    UpdateItem: [(to) => to.updateItem({ TableName, Key }), TABLE],
    DeleteItem: [(to) => to.deleteItem({ TableName, Key }), TABLE],
    Scan: [(to) => to.scan({ TableName }), TABLE],
    Query: [(to) => to.query(query), `${TABLE}/index/by-kind`],
    BatchGetItem: [(to) => to.batchGetItem({ RequestItems: { photos: { Keys: [Key] } } }), TABLE],
    BatchWriteItem: [
      (to) => to.batchWriteItem({ RequestItems: { photos: [{ PutRequest: { Item: Key } }] } }),
      TABLE,
    ],
    DescribeTable: [(to) => to.describeTable({ TableName }), TABLE],
    DescribeTimeToLive: [(to) => to.describeTimeToLive({ TableName }), TABLE],
    ListTables: [(to) => to.listTables({}), "*"],
    ListTagsOfResource: [(to) => to.listTagsOfResource({ ResourceArn: TABLE }), TABLE],
    CreateTable: [
      (to) => to.createTable({ ...PHOTOS, TableName: "others" }),
      TABLE.replace("photos", "others"),
    ],
  };
  for (const [operation, [ask, resource]] of Object.entries(operations)) {
    it(`are asked for ${operation}, on ${resource}`, async () => {
      const elsewhere = worker("dynamodb:*", `${TABLE}-2`);
      expect(await refusal(ask(elsewhere))).to.deep.equal(["AccessDeniedException", 400]);
      await ask(worker(`dynamodb:${operation}`, resource));
    });
  }

  it("on a table are none on its indexes", async () => {
    expect(await refusal(worker("dynamodb:Query", TABLE).query(query))).to.deep.equal([
      "AccessDeniedException",
      400,
    ]);
  });

  it("are nobody's whose signature is not known, or not good", async () => {
    const stranger = client({ accessKeyId: "stranger", secretAccessKey: "x" });
    expect(await refusal(stranger.listTables({}))).to.deep.equal(["UnrecognizedClientException", 400]);
    const forger = client({ accessKeyId: "local", secretAccessKey: "x" });
    expect(await refusal(forger.listTables({}))).to.deep.equal(["InvalidSignatureException", 400]);
  });

  it("do not let through what is not understood", async () => {
    const put = root(cloud).putItem({
      TableName,
      Item: Key,
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    expect(await refusal(put)).to.deep.equal(["ValidationException", 400]);
  });
});

describe("tables", () => {
  it("cost nothing before the first request: no file is opened", async () => {
    const cloud = await startTestCloud();
    const path = `${cloud.dataDirectory}/dynamodb`;
    expect(existsSync(path)).to.equal(false);
    await root(cloud).listTables({});
    expect(existsSync(path)).to.equal(true);
    await cloud.stop();
  });

  it("are there after a restart, with their items, index and settings", async () => {
    const before = await startTestCloud();
    const { dataDirectory } = before;
    await makePhotos(root(before), { DeletionProtectionEnabled: true });
    await root(before).putItem({ TableName: "photos", Item: { id: { S: "a" }, kind: { S: "cat" } } });
    await before.stop({ keepsData: true });
    const cloud = await startTestCloud({ dataDirectory });
    expect(await idsOf(root(cloud))).to.deep.equal(["a"]);
    const { Table } = await root(cloud).describeTable({ TableName: "photos" });
    expect(Table).to.include({ TableStatus: "ACTIVE", DeletionProtectionEnabled: true, TableArn: TABLE });
    await cloud.stop();
  });

  it("lose no acknowledged item by kill -9", async () => {
    const folder = temporaryFolder();
    const dataDirectory = folder.path;
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const cloud = await startKillableCloud({ dataDirectory });
      const dynamodb = clientAt(cloud.endpoint);
      if (round === 0) await makePhotos(dynamodb);
      const putting = Promise.all(
        [0, 1, 2, 3].map((writer) => put(dynamodb, `${round}-${writer}`, acknowledged)),
      );
      const enough = acknowledged.length + 40;
      while (acknowledged.length < enough) await new Promise((resolve) => setImmediate(resolve));
      await cloud.kill();
      await putting;
      dynamodb.destroy();
      expect(cloud.bugs).to.deep.equal([]);
    }
    const cloud = await startTestCloud({ dataDirectory });
    expect(await idsOf(root(cloud))).to.include.members(acknowledged);
    await cloud.stop();
    folder.remove();
  });

  it("that were being made when the process died are active", async () => {
    const folder = temporaryFolder();
    const path = `${folder.path}/dynamodb`;
    const store = create({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
    const [index] = PHOTOS.GlobalSecondaryIndexes;
    const GlobalSecondaryIndexes = [{ ...index, IndexStatus: "CREATING" }];
    const table = { ...PHOTOS, GlobalSecondaryIndexes, TableStatus: "CREATING" };
    await new Promise<void>((resolve, reject) =>
      store.tableDb.put("photos", table, (error) => (error ? reject(error) : resolve())),
    );
    await store.db.close();
    const engine = createEngine({ path, region: "us-east-1", accountId: "000000000000" });
    const { Table } = (await engine.run("DescribeTable", { TableName: "photos" })) as {
      Table: { TableStatus: string; GlobalSecondaryIndexes: { IndexStatus: string }[] };
    };
    expect([Table.TableStatus, Table.GlobalSecondaryIndexes[0]?.IndexStatus]).to.deep.equal([
      "ACTIVE",
      "ACTIVE",
    ]);
    await engine.close();
    folder.remove();
  });
});

async function makePhotos(dynamodb: DynamoDB, more: object = {}): Promise<void> {
  await dynamodb.createTable({ ...PHOTOS, ...more });
  await until("the table is active", async () => {
    const { Table } = await dynamodb.describeTable({ TableName: "photos" });
    return Table?.TableStatus === "ACTIVE";
  });
}

function clientAt(endpoint: string): DynamoDB {
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  return new DynamoDB({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
}

/** One item after the other, until nobody answers. */
async function put(dynamodb: DynamoDB, writer: string, acknowledged: string[]): Promise<void> {
  for (let index = 0; ; index++) {
    const id = `${writer}-${index}`;
    try {
      await dynamodb.putItem({ TableName: "photos", Item: { id: { S: id }, kind: { S: "cat" } } });
    } catch {
      return;
    }
    acknowledged.push(id);
  }
}

/** Of all items, by the index. */
async function idsOf(dynamodb: DynamoDB): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = [];
  let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamodb.query({
      TableName: "photos",
      IndexName: "by-kind",
      KeyConditionExpression: "kind = :kind",
      ExpressionAttributeValues: { ":kind": { S: "cat" } },
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    });
    found.push(...(page.Items ?? []).map(({ id }) => id?.S));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}
