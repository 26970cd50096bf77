import { expect } from "chai";
import {
  isOfUnknownVersion,
  isUnfiltered,
  matches,
} from "../../../operations/dead-letters/dead-letter-filter.ts";
import { aDeadLetter } from "../../support/a-report.ts";

describe("matches", () => {
  const versions: [workerVersion: string | undefined, fixedIn: string, older: boolean | undefined][] = [
    ["0.1.0+01234567", "0.2.0", true],
    ["0.9.0+01234567", "0.10.0", true],
    ["0.2.0-rc.1", "0.2.0", true],
    ["0.2.0+01234567", "0.2.0", false],
    ["0.2.0+01234567", "0.2.0+01234567", false],
    ["0.3.0", "0.2.0", false],
    ["0.1.0", "0.2.0+01234567", true],
    ["0.2.0+01234567", "0.2.0+89abcdef", undefined],
    ["development", "0.2.0", undefined],
    [undefined, "0.2.0", undefined],
  ];
  for (const [workerVersion, fixedIn, older] of versions) {
    it(`a failure of ${workerVersion ?? "nobody knows which"}, fixed in ${fixedIn}: ${older ?? "unknown"}`, () => {
      const letter = aDeadLetter({ workerVersion });

      expect(matches(letter, { fixedIn })).to.equal(older === true);
      expect(isOfUnknownVersion(letter, { fixedIn })).to.equal(older === undefined);
      expect(isOfUnknownVersion(letter, { fixedIn, prefix: "other" }), "matches otherwise").to.equal(false);
    });
  }

  it("from a time on, and before another", () => {
    const at = (failedAt: string) => aDeadLetter({ failedAt });
    const filter = { sinceMs: Date.parse("2026-01-02"), untilMs: Date.parse("2026-01-03") };

    expect(matches(at("2026-01-02T00:00:00.000Z"), filter)).to.equal(true);
    expect(matches(at("2026-01-01T23:59:59.999Z"), filter)).to.equal(false);
    expect(matches(at("2026-01-03T00:00:00.000Z"), filter)).to.equal(false);
  });

  it("by id", () => {
    const letter = aDeadLetter({ messageId: "message-7" });

    expect(matches(letter, { ids: ["message-6", "message-7"] })).to.equal(true);
    expect(matches(letter, { ids: ["message-6"] })).to.equal(false);
  });
});

describe("isUnfiltered", () => {
  it("holds for options that nobody gave", () => {
    expect(isUnfiltered({ reasons: undefined, fixedIn: undefined })).to.equal(true);
    expect(isUnfiltered({ fixedIn: "0.2.0" })).to.equal(false);
    expect(isUnfiltered({ untilMs: 0 })).to.equal(false);
  });
});
