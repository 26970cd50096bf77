import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { refused } from "../refused.ts";
import { useTarget } from "../target.ts";
import { keyOf, photo, useTable } from "./a-table.ts";

const target = useTarget();

describe("contract: items", () => {
  const table = useTable(target);
  const { put } = table;
  const get = async (set: string, name: string) =>
    (await target.dynamodb.getItem({ TableName: table.name, Key: keyOf(set, name), ConsistentRead: true }))
      .Item;

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
  describe("PutItem", () => {
    it("keeps values of every type", async () => {
      const item = photo("types", "a", {
        text: { S: "ümlauts 🖼" },
        number: { N: "-12.5" },
        bytes: { B: new Uint8Array([0, 255]) },
        yes: { BOOL: true },
        nothing: { NULL: true },
        list: { L: [{ S: "a" }, { N: "1" }] },
        map: { M: { nested: { S: "b" } } },
        texts: { SS: ["a", "b"] },
      });
      await put(item);
      expect(await get("types", "a")).to.deep.equal(item);
    });

    it("replaces an item as a whole, and tells the old one when asked", async () => {
      await put(photo("old", "a", { one: { S: "1" } }));
      const { Attributes } = await put(photo("old", "a", { two: { S: "2" } }), { ReturnValues: "ALL_OLD" });
      expect(Attributes).to.deep.equal(photo("old", "a", { one: { S: "1" } }));
      expect(await get("old", "a")).to.deep.equal(photo("old", "a", { two: { S: "2" } }));
    });

    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html
    it("puts only what is not there, when that is the condition", async () => {
      const condition = {
        ConditionExpression: "attribute_not_exists(#set)",
        ExpressionAttributeNames: { "#set": "set" },
      };
      await put(photo("once", "a"), condition);
      expect(await refused(put(photo("once", "a", { late: { S: "1" } }), condition))).to.include({
        code: "ConditionalCheckFailedException",
        status: 400,
      });
      expect(await get("once", "a")).to.deep.equal(photo("once", "a"));
    });

    it("lets one of many at once win a condition", async () => {
      const condition = {
        ConditionExpression: "attribute_not_exists(#set)",
        ExpressionAttributeNames: { "#set": "set" },
      };
      const attempts = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) =>
          put(photo("race", "a", { by: { N: String(index) } }), condition),
        ),
      );
      const winners = attempts.flatMap(({ status }, index) => (status === "fulfilled" ? [index] : []));
      expect(winners).to.have.length(1);
      expect((await get("race", "a"))?.by).to.deep.equal({ N: String(winners[0]) });
    });

    const wrong: Record<string, Record<string, AttributeValue>> = {
      "without its sort key": { set: { S: "x" } },
      "with a key of another type": { set: { N: "1" }, name: { S: "a" } },
      "with an empty key": photo("", "a"),
      "with an index key of another type": photo("x", "a", { kind: { S: "cat" }, size: { S: "large" } }),
      "of more than 400 KB": photo("x", "a", { text: { S: "x".repeat(409_600) } }),
      "with a number that is none": photo("x", "a", { number: { N: "many" } }),
      "with an empty set": photo("x", "a", { texts: { SS: [] } }),
    };
    for (const [what, Item] of Object.entries(wrong)) {
      it(`refuses an item ${what}`, async () => {
        expect(await refused(put(Item))).to.include({ code: "ValidationException", status: 400 });
      });
    }
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
  describe("UpdateItem", () => {
    const update = (name: string, UpdateExpression: string, more: object = {}) =>
      target.dynamodb.updateItem({
        TableName: table.name,
        Key: keyOf("update", name),
        UpdateExpression,
        ...more,
      });

    it("makes an item that is not there, and counts without losing one", async () => {
      const one = { ExpressionAttributeValues: { ":one": { N: "1" } } };
      await Promise.all(Array.from({ length: 20 }, () => update("count", "ADD hits :one", one)));
      expect((await get("update", "count"))?.hits).to.deep.equal({ N: "20" });
    });

    it("sets, removes and adds in one step, and tells what is new", async () => {
      await put(photo("update", "many", { a: { S: "1" }, b: { S: "2" }, tags: { SS: ["x"] } }));
      const { Attributes } = await update(
        "many",
        "SET a = :a, c = if_not_exists(c, :c) REMOVE b ADD tags :tags",
        {
          ExpressionAttributeValues: { ":a": { S: "3" }, ":c": { N: "4" }, ":tags": { SS: ["y"] } },
          ReturnValues: "ALL_NEW",
        },
      );
      const { tags, ...rest } = Attributes ?? {};
      expect(rest).to.deep.equal(photo("update", "many", { a: { S: "3" }, c: { N: "4" } }));
      expect(tags?.SS).to.have.members(["x", "y"]);
    });

    it("changes nothing when its condition fails", async () => {
      await put(photo("update", "version", { version: { N: "2" } }));
      const stale = update("version", "SET version = :next", {
        ConditionExpression: "version = :seen",
        ExpressionAttributeValues: { ":seen": { N: "1" }, ":next": { N: "2" } },
      });
      expect(await refused(stale)).to.include({ code: "ConditionalCheckFailedException", status: 400 });
      expect((await get("update", "version"))?.version).to.deep.equal({ N: "2" });
    });

    for (const [what, expression, values] of [
      ["a key", "SET #name = :v", { ":v": { S: "x" } }],
      ["a value that is not given", "SET a = :missing", undefined],
      ["what is no expression", "MAKE a = b", undefined],
    ] as const) {
      it(`refuses ${what}`, async () => {
        const attempt = update("wrong", expression, {
          ...(expression.includes("#name") && { ExpressionAttributeNames: { "#name": "name" } }),
          ...(values && { ExpressionAttributeValues: values }),
        });
        expect(await refused(attempt)).to.include({ code: "ValidationException", status: 400 });
      });
    }
  });

  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
  describe("DeleteItem", () => {
    const remove = (name: string, more: object = {}) =>
      target.dynamodb.deleteItem({ TableName: table.name, Key: keyOf("delete", name), ...more });

    it("deletes, and does not mind that there is nothing", async () => {
      await put(photo("delete", "a"));
      const { Attributes } = await remove("a", { ReturnValues: "ALL_OLD" });
      expect(Attributes).to.deep.equal(photo("delete", "a"));
      expect(await get("delete", "a")).to.equal(undefined);
      await remove("a");
    });

    it("deletes only under its condition", async () => {
      await put(photo("delete", "b", { done: { BOOL: false } }));
      const attempt = remove("b", {
        ConditionExpression: "done = :yes",
        ExpressionAttributeValues: { ":yes": { BOOL: true } },
      });
      expect(await refused(attempt)).to.include({ code: "ConditionalCheckFailedException", status: 400 });
      expect(await get("delete", "b")).not.to.equal(undefined);
    });
  });
});
