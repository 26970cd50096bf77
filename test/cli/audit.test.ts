// What is written down of a change, on the operator's machine and in the catalog, and what is said when it cannot be.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect } from "chai";
import sinon from "sinon";
import { recordChange } from "../../cli/audit.ts";
import { type AuditEntry, writeToCatalog } from "../../operations/audit.ts";
import type { Target } from "../../operations/target.ts";
import { connection, startTestCloud, type TestCloud } from "../support/local-cloud.ts";
import { rejection } from "../support/rejection.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const CHANGE = { deed: "drop", filter: { prefix: "a/", limit: undefined }, counts: { dropped: 2 } } as const;

describe("recordChange", () => {
  let cloud: TestCloud;
  let dynamodb: DynamoDBClient;
  let folder: TemporaryFolder;
  let said: sinon.SinonStub;
  const stateBefore = process.env.DARKROOM_STATE_DIR;

  before(async () => {
    cloud = await startTestCloud();
    dynamodb = new DynamoDBClient(connection(cloud));
    await dynamodb.send(
      new CreateTableCommand({
        TableName: "catalog",
        AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
  });
  after(() => cloud.stop());
  beforeEach(() => {
    folder = temporaryFolder();
    process.env.DARKROOM_STATE_DIR = folder.path;
    said = sinon.stub(process.stderr, "write").returns(true);
  });
  afterEach(() => {
    said.restore();
    if (stateBefore === undefined) delete process.env.DARKROOM_STATE_DIR;
    else process.env.DARKROOM_STATE_DIR = stateBefore;
    folder.remove();
  });

  const catalog = (table: string) => ({ table, dynamodb: async () => dynamodb });
  const items = async () => {
    const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: "catalog" }));
    return Items.map((item) => unmarshall(item));
  };
  const record = async (table?: string) => {
    const target = { catalog: table === undefined ? undefined : catalog(table) } as Target;
    await recordChange({ target, name: "stack prod" }, CHANGE);
    return JSON.parse(readFileSync(join(folder.path, "audit.ndjson"), "utf8"));
  };

  it("writes a line, and an item that says the same under a key that no image has", async () => {
    const line = await record("catalog");

    expect(line).to.deep.include({ deed: "drop", target: "stack prod", counts: { dropped: 2 } });
    const [item = {}, ...others] = await items();
    const { key, ...rest } = item;
    expect(others).to.deep.equal([]);
    expect(key).to.match(/^audit#.+\/$/);
    expect(rest).to.deep.equal({ ...line, status: "audit", statusShard: "audit", finishedAt: line.at });
    expect(said.callCount).to.equal(0);
  });

  it("never writes over what is written down", async () => {
    const entry: AuditEntry = { ...CHANGE, at: "2026-01-02T03:04:05.000Z", who: "me", target: "stack prod" };
    await writeToCatalog(catalog("catalog"), entry, "1");

    const again = rejection(writeToCatalog(catalog("catalog"), { ...entry, who: "somebody else" }, "1"));

    expect((await again).name).to.equal("ConditionalCheckFailedException");
    expect((await items()).map(({ who }) => who)).to.not.include("somebody else");
  });

  it("says so when the catalog does not take it: the line is there", async () => {
    const line = await record("gone");

    expect(line.deed).to.equal("drop");
    expect(said.firstCall.firstArg).to.match(/^Not written down in the catalog gone: .*not found.*\.\n$/);
  });

  it("writes a line where there is no catalog", async () => {
    expect((await record()).deed).to.equal("drop");
    expect(said.callCount).to.equal(0);
  });
});
