import { expect } from "chai";
import { refused } from "../refused.ts";
import { newName, useTarget } from "../target.ts";
import { BY_KIND, useTable } from "./a-table.ts";

const target = useTarget();

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
describe("contract: tables", () => {
  const table = useTable(target);
  const describeTable = async () => (await target.dynamodb.describeTable({ TableName: table.name })).Table;

  it("are active soon, with the keys, the index and the billing that were asked for", async () => {
    const { TableArn, TableStatus, KeySchema, BillingModeSummary, GlobalSecondaryIndexes } =
      (await describeTable()) ?? {};
    expect(TableArn).to.match(new RegExp(`^arn:aws:dynamodb:${target.region}:\\d{12}:table/${table.name}$`));
    expect(TableStatus).to.equal("ACTIVE");
    expect(KeySchema).to.deep.equal([
      { AttributeName: "set", KeyType: "HASH" },
      { AttributeName: "name", KeyType: "RANGE" },
    ]);
    expect(BillingModeSummary?.BillingMode).to.equal("PAY_PER_REQUEST");
    expect(GlobalSecondaryIndexes?.map(({ IndexName }) => IndexName)).to.deep.equal([BY_KIND]);
  });

  it("have one name each", async () => {
    const again = target.dynamodb.createTable({
      TableName: table.name,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    expect(await refused(again)).to.include({ code: "ResourceInUseException", status: 400 });
  });

  it("define every key attribute", async () => {
    const undefinedKey = target.dynamodb.createTable({
      TableName: newName(),
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "other", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    });
    expect(await refused(undefinedKey)).to.include({ code: "ValidationException", status: 400 });
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
  it("are listed in pages", async () => {
    const names: string[] = [];
    let last: string | undefined;
    do {
      const page = await target.dynamodb.listTables({
        Limit: 1,
        ...(last && { ExclusiveStartTableName: last }),
      });
      expect(page.TableNames).to.have.length.at.most(1);
      names.push(...(page.TableNames ?? []));
      last = page.LastEvaluatedTableName;
    } while (last !== undefined);
    expect(names).to.include(table.name);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TagResource.html
  it("have tags", async () => {
    const ResourceArn = (await describeTable())?.TableArn ?? "";
    const Tags = [{ Key: "for", Value: "a & b" }];
    await target.dynamodb.tagResource({ ResourceArn, Tags });
    expect((await target.dynamodb.listTagsOfResource({ ResourceArn })).Tags).to.deep.equal(Tags);
    await target.dynamodb.untagResource({ ResourceArn, TagKeys: ["for"] });
    expect((await target.dynamodb.listTagsOfResource({ ResourceArn })).Tags ?? []).to.deep.equal([]);
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
  it("have a time to live, once it is switched on", async () => {
    const TableName = table.name;
    const described = async () =>
      (await target.dynamodb.describeTimeToLive({ TableName })).TimeToLiveDescription;
    expect((await described())?.TimeToLiveStatus).to.equal("DISABLED");
    const update = (Enabled: boolean) =>
      target.dynamodb.updateTimeToLive({
        TableName,
        TimeToLiveSpecification: { Enabled, AttributeName: "expires" },
      });
    await update(true);
    expect(await described()).to.include({ AttributeName: "expires" });
    expect(await refused(update(true))).to.include({ code: "ValidationException", status: 400 });
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
  it("have point-in-time recovery, once it is switched on", async () => {
    const TableName = table.name;
    const status = async () =>
      (await target.dynamodb.describeContinuousBackups({ TableName })).ContinuousBackupsDescription
        ?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
    expect(await status()).to.equal("DISABLED");
    await target.dynamodb.updateContinuousBackups({
      TableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    expect(await status()).to.equal("ENABLED");
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection
  it("are not deleted while they are protected", async () => {
    const TableName = table.name;
    const protect = (DeletionProtectionEnabled: boolean) =>
      target.dynamodb.updateTable({ TableName, DeletionProtectionEnabled });
    await protect(true);
    expect((await describeTable())?.DeletionProtectionEnabled).to.equal(true);
    expect(await refused(target.dynamodb.deleteTable({ TableName }))).to.include({
      code: "ValidationException",
      status: 400,
    });
    await protect(false);
  });

  for (const [operation, ask] of Object.entries({
    DescribeTable: (TableName: string) => target.dynamodb.describeTable({ TableName }),
    DeleteTable: (TableName: string) => target.dynamodb.deleteTable({ TableName }),
    GetItem: (TableName: string) => target.dynamodb.getItem({ TableName, Key: { set: { S: "x" } } }),
    DescribeTimeToLive: (TableName: string) => target.dynamodb.describeTimeToLive({ TableName }),
  })) {
    it(`are not there for ${operation} before they are made`, async () => {
      expect(await refused(ask(newName()))).to.include({ code: "ResourceNotFoundException", status: 400 });
    });
  }
});
