import { expect } from "chai";
import fc from "fast-check";
import { doneAfter } from "../../../local/lambda/mappings/batch-response.ts";
import { answerTo } from "../../../worker/batch/answer.ts";
import type { LogLine } from "../../../worker/log.ts";
import { aRecord } from "../../support/records.ts";

const RECORDS = ["a", "b", "c"].map((id) => aRecord({ id }));
const IDS = RECORDS.map(({ messageId }) => messageId);

async function answer(given: unknown) {
  const lines: LogLine[] = [];
  const { batchItemFailures } = await answerTo(
    RECORDS,
    async () => given,
    (line) => lines.push(line),
  );
  return { ids: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), lines };
}

const failures = (...itemIdentifiers: unknown[]) => ({
  batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

describe("answerTo", () => {
  it("passes on which messages failed", async () => {
    expect(await answer(failures("b"))).to.deep.equal({ ids: ["b"], lines: [] });
    expect(await answer(failures())).to.deep.equal({ ids: [], lines: [] });
  });

  it("names each message once", async () => {
    expect((await answer(failures("b", "b"))).ids).to.deep.equal(["b"]);
  });

  // Lambda's own list of what an answer may look like, and does not say what was meant.
  const unclear: [string, unknown][] = [
    ["nothing", undefined],
    ["null", null],
    ["an empty object", {}],
    ["a list that is null", { batchItemFailures: null }],
    ["a misspelt list", { batchItemFailure: [{ itemIdentifier: "a" }] }],
    ["text", "not JSON"],
    ["an empty identifier", failures("")],
    ["an identifier that is null", failures(null)],
    ["a misspelt identifier", { batchItemFailures: [{ itemIdentifer: "a" }] }],
    ["a message of another batch", failures("a", "stranger")],
    ["what JSON cannot say", { batchItemFailures: 1n }],
  ];
  for (const [what, given] of unclear) {
    it(`reports every message when it is given ${what}, and logs it`, async () => {
      const { ids, lines } = await answer(given);

      expect(ids).to.deep.equal(IDS);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ event: "batch", failed: 3, code: "UNKNOWN" });
    });
  }

  for (const thrown of [new TypeError("a bug"), "a string", undefined]) {
    it(`reports every message when ${String(thrown)} is thrown`, async () => {
      const { batchItemFailures } = await answerTo(
        RECORDS,
        () => Promise.reject(thrown),
        () => {},
      );

      expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).to.deep.equal(IDS);
    });
  }

  it("never lets Lambda delete what was not meant, whatever it is given", async () => {
    const parts = fc.oneof(
      fc.constantFrom(...IDS),
      fc.constantFrom("", null, undefined, "stranger"),
      fc.json(),
    );
    const given = fc.oneof(
      fc.anything(),
      fc.array(parts).map((identifiers) => failures(...identifiers)),
    );

    await fc.assert(
      fc.asyncProperty(given, async (value) => {
        const { ids } = await answer(value);
        const done = doneAfter(JSON.stringify(failures(...ids)), IDS);
        const meant = (value as ReturnType<typeof failures> | undefined)?.batchItemFailures;
        const isClear =
          Array.isArray(meant) && meant.every((part) => IDS.includes(String(part?.itemIdentifier)));
        const failed = isClear ? meant.map(({ itemIdentifier }) => itemIdentifier) : IDS;
        expect(done).to.deep.equal(IDS.filter((id) => !failed.includes(id)));
      }),
      { seed: 1 },
    );
  });
});
