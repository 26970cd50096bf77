// The small version of `npm run bulk`.
import { expect } from "chai";
import { bulk } from "./bulk.ts";

describe("a bucket that was full before", function () {
  this.timeout(120_000);

  it("is enqueued whole though the backfill is killed, and verified, in little memory", async () => {
    const { backfill, verify } = await bulk({ keys: 1000, kills: 2, seed: 5, rate: 1000 });

    expect(backfill).to.include({ lost: 0, secondRun: 0 });
    // One request a kill at most.
    expect(backfill.extra).to.be.at.most(2 * 100);
    expect(verify).to.include({ sources: 1000, missing: 10, orphaned: 10 });
    expect(Math.max(backfill.peakMiB, verify.peakMiB)).to.be.below(300);
  });
});
