import { expect } from "chai";
import { doneAfter } from "../../../../local/lambda/mappings/batch-response.ts";

const all = ["a", "b", "c"];
const failures = (...itemIdentifiers: unknown[]) =>
  JSON.stringify({ batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })) });

// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting-syntax
const cases: [what: string, answer: string, done: string[]][] = [
  ["an empty list", failures(), all],
  ["null for the list", '{"batchItemFailures":null}', all],
  ["no list", "{}", all],
  ["another name for the list", '{"batchItemFailure":[{"itemIdentifier":"a"}]}', all],
  ["null", "null", all],
  ["nothing", "", all],
  ["text", '"done"', all],
  ["one failure", failures("b"), ["a", "c"]],
  ["one failure, twice", failures("b", "b"), ["a", "c"]],
  ["every failure", failures("a", "b", "c"), []],
  ["no JSON", "done", []],
  ["an empty identifier", failures(""), []],
  ["null for an identifier", failures(null), []],
  ["a number for an identifier", failures(1), []],
  ["an identifier of no message", failures("d"), []],
  ["one identifier right and one wrong", failures("a", "d"), []],
  ["another name for the identifier", '{"batchItemFailures":[{"id":"a"}]}', []],
  ["null for a failure", '{"batchItemFailures":[null]}', []],
  ["an object for the list", '{"batchItemFailures":{}}', []],
];

describe("doneAfter", () => {
  for (const [what, answer, done] of cases) {
    it(`takes ${what} for ${done.length === all.length ? "success" : done.length === 0 ? "failure of all" : "what it says"}`, () => {
      expect(doneAfter(answer, all)).to.deep.equal(done);
    });
  }
});
