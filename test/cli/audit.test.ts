// What is written down of a change, on the operator's machine and in the catalog, and what is said when it cannot be.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import sinon from "sinon";
import { recordChange } from "../../cli/audit.ts";
import type { Target } from "../../operations/target.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";

const CHANGE = { deed: "drop", filter: { prefix: "a/", limit: undefined }, counts: { dropped: 2 } } as const;

describe("recordChange", () => {
  let folder: TemporaryFolder;
  let said: sinon.SinonStub;
  const before = process.env.DARKROOM_STATE_DIR;

  beforeEach(() => {
    folder = temporaryFolder();
    process.env.DARKROOM_STATE_DIR = folder.path;
    said = sinon.stub(process.stderr, "write").returns(true);
  });
  afterEach(() => {
    said.restore();
    if (before === undefined) delete process.env.DARKROOM_STATE_DIR;
    else process.env.DARKROOM_STATE_DIR = before;
    folder.remove();
  });

  const record = async (send?: sinon.SinonStub) => {
    const dynamodb = new DynamoDBClient({ region: "us-east-1" });
    if (send) dynamodb.send = send;
    const catalog = send && { dynamodb, table: "catalog" };
    await recordChange({ target: { catalog } as Target, name: "stack prod" }, CHANGE);
    return JSON.parse(readFileSync(join(folder.path, "audit.ndjson"), "utf8"));
  };

  it("writes a line, and an item that says the same under a key that no image has", async () => {
    const send = sinon.stub().resolves({});

    const line = await record(send);

    expect(line).to.deep.include({ deed: "drop", target: "stack prod", counts: { dropped: 2 } });
    const { TableName, Item, ConditionExpression } = send.firstCall.firstArg.input;
    expect([TableName, ConditionExpression]).to.deep.equal(["catalog", "attribute_not_exists(finishedAt)"]);
    expect(Item).to.deep.include({
      status: { S: "audit" },
      statusShard: { S: "audit" },
      finishedAt: { S: line.at },
      who: { S: line.who },
      deed: { S: "drop" },
      filter: { M: { prefix: { S: "a/" } } },
      counts: { M: { dropped: { N: "2" } } },
    });
    expect(Item.key.S).to.match(/^audit#.+\/$/);
    expect(said.callCount).to.equal(0);
  });

  it("says so when the catalog does not take it: the line is there", async () => {
    const line = await record(sinon.stub().rejects(new Error("not authorized")));

    expect(line.deed).to.equal("drop");
    expect(said.firstCall.firstArg).to.equal("Not written down in the catalog catalog: not authorized.\n");
  });

  it("writes a line where there is no catalog", async () => {
    expect((await record()).deed).to.equal("drop");
    expect(said.callCount).to.equal(0);
  });
});
