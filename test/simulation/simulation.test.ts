// A short run of `npm run simulate`, and of what it notices when a guard is gone. The long runs are scripts/simulate.ts.
import { expect } from "chai";
import { FAULT_COLUMNS, isTooRare, lossesOf } from "./columns.ts";
import { HARSH } from "./faults.ts";
import { GUARDS } from "./guards.ts";
import { simulate } from "./simulate.ts";
import { playWithout } from "./without-guard.ts";

const SEEDS = [1, 2, 3];

/** They take thousands of uploads to be missed: `npm run simulate -- --mutate` takes the time. */
const RARELY_NEEDED = new Set([
  "deletions are conditional",
  "the manifest is written on a condition",
  "nothing passes the fence after the deadline",
  "the fence goes by the clock",
  "the last receive ends with a reason",
  "renditions that no manifest lists are found",
  "no immutable keys come back",
  "a second look is careful",
  "what is to be removed is seen before the source is seen missing",
  "the source is looked at again after its outcome is told",
  "whom the catalog refuses looks again",
]);

describe("the worker under duplication, reordering, crashes, freezes, overwrites, deletions and throttling", () => {
  for (const seed of SEEDS) {
    it(`ends every upload as a whole, current set or a dead letter that says why (seed ${seed})`, async () => {
      const history = await simulate({ seed, uploads: 1500, faults: HARSH });

      expect(lossesOf(history)).to.deep.equal([]);
      const rare = FAULT_COLUMNS.filter((column) => isTooRare(column, [history])).map(({ name }) => name);
      expect(rare, "faults too rare to prove anything").to.deep.equal([]);
    });
  }

  it("tells everybody who listens what became of each upload", async () => {
    const history = await simulate({ seed: 1, uploads: 1500, faults: HARSH, listened: true });

    expect(lossesOf(history)).to.deep.equal([]);
  });

  it("is played the same way again from the same seed", async () => {
    const options = { seed: 7, uploads: 150, faults: HARSH, watchedKey: "photos/9.jpg" };

    const [first, second] = [await simulate(options), await simulate(options)];

    expect(first.lines).to.have.length.above(3);
    expect(second).to.deep.equal(first);
  });
});

describe("the judge", () => {
  for (const guard of GUARDS.filter(({ name }) => !RARELY_NEEDED.has(name))) {
    it(`notices when it is no longer so that ${guard.name}`, async () => {
      const loss = await playWithout(guard, 1000, [1, 2, 3, 4, 5, 6, 7, 8]);

      expect(loss?.column).to.be.oneOf(guard.keeps);
    });
  }

  it("knows every guard that is left to the long run", () => {
    expect(GUARDS.map(({ name }) => name)).to.include.members([...RARELY_NEEDED]);
  });
});
