import { expect } from "chai";
import * as derived from "../../settings/derived.ts";
import { parseSettings } from "../../settings/settings.ts";

describe("Derived numbers", () => {
  it("hide a message for six times the function's timeout and the batch window", () => {
    const settings = parseSettings({ timeoutSeconds: 100, batchWindowSeconds: 7 });
    expect(derived.visibilityTimeoutSeconds(settings)).to.equal(607);
  });

  it("keep dead letters longer than messages, and both as long as SQS can at most", () => {
    const retention = derived.workQueueRetentionSeconds(parseSettings({ sourceRetentionDays: 13 }));
    expect(retention).to.equal(13 * 24 * 60 * 60);
    expect(derived.DEAD_LETTER_RETENTION_SECONDS).to.be.above(retention).and.at.most(1_209_600);
  });

  it("reserve at least what the pollers of both lanes may ask for", () => {
    const reserved = (settings: object) => derived.reservedConcurrency(parseSettings(settings));
    expect(reserved({})).to.equal(55);
    expect(reserved({ maximumConcurrency: 20, backfillConcurrency: 3 })).to.equal(23);
    expect(reserved({ maximumConcurrency: 20, backfill: false })).to.equal(20);
    expect(reserved({ provisionedPollers: { minimum: 2, maximum: 7 }, backfill: false })).to.equal(70);
  });

  it("stay within what SQS takes, whatever the settings", () => {
    const longest = parseSettings({ timeoutSeconds: 900, batchWindowSeconds: 300 });
    expect(derived.visibilityTimeoutSeconds(longest)).to.be.at.most(43_200);
    expect(derived.MAX_MESSAGE_BYTES).to.be.at.most(1_048_576);
  });
});
