import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { BY_KIND, keyOf, photo, useTable } from "./a-table.ts";

const target = useTarget();

describe("contract: queries, batches and scans", () => {
  const table = useTable(target);
  const { put } = table;

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
  describe("Query", () => {
    before(async () => {
      for (let index = 0; index < 5; index++) {
        const more = {
          kind: { S: index % 2 === 0 ? "query-cat" : "query-dog" },
          size: { N: String(10 - index) },
        };
        await put(photo("query", `photo-${index}`, more));
      }
    });
    const names = (items: Record<string, AttributeValue>[] | undefined) => items?.map(({ name }) => name?.S);
    const query = (more: object) => target.dynamodb.query({ TableName: table.name, ...more });
    const ofSet = {
      KeyConditionExpression: "#set = :set",
      ExpressionAttributeNames: { "#set": "set" },
      ExpressionAttributeValues: { ":set": { S: "query" } },
    };

    it("finds the items of a partition in the order of the sort key, or backwards", async () => {
      const forwards = [0, 1, 2, 3, 4].map((index) => `photo-${index}`);
      expect(names((await query(ofSet)).Items)).to.deep.equal(forwards);
      expect(names((await query({ ...ofSet, ScanIndexForward: false })).Items)).to.deep.equal(
        forwards.reverse(),
      );
    });

    it("finds a range of sort keys", async () => {
      const { Items } = await query({
        KeyConditionExpression: "#set = :set AND #name BETWEEN :from AND :to",
        ExpressionAttributeNames: { "#set": "set", "#name": "name" },
        ExpressionAttributeValues: {
          ":set": { S: "query" },
          ":from": { S: "photo-1" },
          ":to": { S: "photo-3" },
        },
      });
      expect(names(Items)).to.deep.equal(["photo-1", "photo-2", "photo-3"]);
    });

    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html
    it("finds the items of an index in the order of its sort key, numbers as numbers", async () => {
      const { Items } = await query({
        IndexName: BY_KIND,
        KeyConditionExpression: "kind = :kind",
        ExpressionAttributeValues: { ":kind": { S: "query-cat" } },
      });
      expect(Items?.map(({ size }) => size?.N)).to.deep.equal(["6", "8", "10"]);
    });

    it("answers in pages that go on where the last one ended", async () => {
      const found: unknown[] = [];
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await query({ ...ofSet, Limit: 2, ...(ExclusiveStartKey && { ExclusiveStartKey }) });
        expect(page.Items).to.have.length.at.most(2);
        found.push(...(names(page.Items) ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(found).to.deep.equal([0, 1, 2, 3, 4].map((index) => `photo-${index}`));
    });

    it("filters after it has found, and counts both", async () => {
      const { Count, ScannedCount } = await query({
        ...ofSet,
        FilterExpression: "kind = :kind",
        ExpressionAttributeValues: { ":set": { S: "query" }, ":kind": { S: "query-dog" } },
      });
      expect([Count, ScannedCount]).to.deep.equal([2, 5]);
    });

    it("follows an item whose index key changes or goes", async () => {
      const kinds = async (kind: string) =>
        (
          await query({
            IndexName: BY_KIND,
            KeyConditionExpression: "kind = :kind",
            ExpressionAttributeValues: { ":kind": { S: kind } },
          })
        ).Count;
      await put(photo("query", "moving", { kind: { S: "query-fish" }, size: { N: "1" } }));
      expect(await kinds("query-fish")).to.equal(1);
      await put(photo("query", "moving", { kind: { S: "query-bird" }, size: { N: "1" } }));
      expect([await kinds("query-fish"), await kinds("query-bird")]).to.deep.equal([0, 1]);
      await target.dynamodb.deleteItem({ TableName: table.name, Key: keyOf("query", "moving") });
      expect(await kinds("query-bird")).to.equal(0);
    });

    it("refuses an index that there is not, and a query without a partition key", async () => {
      expect(await refused(query({ ...ofSet, IndexName: "by-colour" }))).to.include({
        code: "ValidationException",
        status: 400,
      });
      const noKey = query({
        KeyConditionExpression: "#name = :name",
        ExpressionAttributeNames: { "#name": "name" },
        ExpressionAttributeValues: { ":name": { S: "x" } },
      });
      expect(await refused(noKey)).to.include({ code: "ValidationException", status: 400 });
    });
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
  describe("batches and scans", () => {
    const items = Array.from({ length: 25 }, (_, index) => photo("batch", `photo-${index}`));
    const write = (Items: typeof items) =>
      target.dynamodb.batchWriteItem({
        RequestItems: { [table.name]: Items.map((Item) => ({ PutRequest: { Item } })) },
      });

    it("write up to 25 items, and read up to 100", async () => {
      expect((await write(items)).UnprocessedItems).to.deep.equal({});
      const { Responses } = await target.dynamodb.batchGetItem({
        RequestItems: { [table.name]: { Keys: [...items, photo("batch", "none")] } },
      });
      expect(Responses?.[table.name]).to.have.deep.members(items);
    });

    it("refuse 26 items, and one item twice", async () => {
      const tooMany = await refused(write([...items, photo("batch", "photo-25")]));
      expect(tooMany).to.include({ code: "ValidationException", status: 400 });
      const twice = await refused(write([photo("batch", "a"), photo("batch", "a")]));
      expect(twice).to.include({ code: "ValidationException", status: 400 });
    });

    // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
    it("scan everything that matches, in pages", async () => {
      let count = 0;
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page = await target.dynamodb.scan({
          TableName: table.name,
          FilterExpression: "#set = :set AND begins_with(#name, :prefix)",
          ExpressionAttributeNames: { "#set": "set", "#name": "name" },
          ExpressionAttributeValues: { ":set": { S: "batch" }, ":prefix": { S: "photo-" } },
          Limit: 10,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        });
        count += page.Count ?? 0;
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      expect(count).to.equal(25);
    });
  });
});
